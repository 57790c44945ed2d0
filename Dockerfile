# One image for every process; the command says which. Built from the lock, by hash.
FROM python:3.11-slim-bookworm

WORKDIR /carnet
COPY requirements-uv.lock requirements.lock pyproject.toml README.md LICENSE ./
COPY domain domain
COPY commands commands
COPY projections projections
COPY queries queries
COPY consumers consumers
COPY infra infra
RUN pip install --no-cache-dir --require-hashes -r requirements-uv.lock \
    && uv pip install --system --no-cache --require-hashes -r requirements.lock \
    && uv pip install --system --no-cache --no-deps --no-build-isolation . \
    && useradd --system --create-home --uid 1000 carnet \
    && install -d -o carnet -g carnet /carnet/home

# By its number, so that a host can tell that it is not root.
USER 1000
ENV CARNET_HOME=/carnet/home PYTHONUNBUFFERED=1
EXPOSE 8000
ENTRYPOINT ["carnet"]
CMD ["api"]
