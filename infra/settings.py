"""Every setting, read once, by environment (`CARNET_...`) or a `.env` file. Nothing else reads the environment."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="CARNET_", env_file=".env", extra="ignore", frozen=True)

    database_url: Annotated[
        str | None, Field(description="PostgreSQL that holds the log. Unset: an embedded server in CARNET_HOME.")
    ] = None
    keys_url: Annotated[
        str | None, Field(description="Database of the person keys. Default: `<log database>_keys` beside the log.")
    ] = None
    read_url: Annotated[
        str | None, Field(description="Database of the read models. Default: `<log database>_read` beside the log.")
    ] = None
    kafka: Annotated[
        str | None, Field(description="Kafka bootstrap servers. Unset: projectors read the log itself.")
    ] = None
    kafka_prefix: Annotated[
        str,
        Field(description="What the topics' names begin with, and the groups' and the relay's.", pattern=r"^[\w.-]+$"),
    ] = "carnet"
    kafka_partitions: Annotated[
        int, Field(description="Partitions of the topic of events; can never change once it is made.", ge=2, le=10_000)
    ] = 24
    feeds: Annotated[
        str,
        Field(
            description="Formats in which points of sale tell what they record, separated by commas: shipped ones by "
            "name, others as the paths of their mappings."
        ),
    ] = "atelier,kasse"
    feed_partitions: Annotated[
        int, Field(description="Partitions of a feed's topic where Carnet makes it.", ge=1, le=1_000)
    ] = 3
    feed_days: Annotated[
        int, Field(description="For how many days a receipt is kept that cannot be taken in yet.", ge=1, le=366)
    ] = 30
    kafka_member: Annotated[
        str | None,
        Field(
            description="This projector's own name among its like, kept over restarts so that they stay undisturbed."
        ),
    ] = None
    project_threads: Annotated[
        int,
        Field(
            description="Projections that a projector writes at a time, while it reads ahead. With none it waits for "
            "the database itself: where projectors keep all cores busy, less is more.",
            ge=0,
            le=16,
        ),
    ] = 2
    home: Annotated[Path, Field(description="Data directory: embedded server, secrets, rejected rows.")] = Path(
        ".carnet"
    )
    host: Annotated[str, Field(description="Address the API listens on, and metrics are told on.")] = "127.0.0.1"
    port: Annotated[int, Field(description="Port the API listens on; 0 takes a free one.", ge=0, le=65535)] = 8000
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        Field(description="The least that is logged; `warning` leaves out the line of each request."),
    ] = "info"
    metrics_port: Annotated[
        int | None,
        Field(
            description="Port on which `relay`, `project`, `publish` and `feed` tell metrics. Unset: none.",
            ge=0,
            le=65535,
        ),
    ] = None
    log_connections: Annotated[
        int, Field(description="Connections to the log per API process, and so commands at once.", ge=1, le=64)
    ] = 4
    read_connections: Annotated[
        int, Field(description="Connections to the read models per API process.", ge=1, le=64)
    ] = 8
    secrets: Annotated[
        Path | None,
        Field(
            description="Directory of the wrapping key and the token keys, mode 0700. Default: `CARNET_HOME/secrets`."
        ),
    ] = None
    token_issuer: Annotated[str, Field(description="`iss` that a token must carry.")] = "carnet"
    token_audience: Annotated[str, Field(description="`aud` that a token must carry.")] = "carnet"
    token_public_key: Annotated[
        Path | None,
        Field(description="PEM of the Ed25519 key that signs tokens. Unset: the embedded issuer's own."),
    ] = None

    @property
    def formats(self) -> dict[str, str]:
        """The formats of `feeds`: each one's name, and the name or path of its mapping."""
        return {Path(each.strip()).stem: each.strip() for each in self.feeds.split(",") if each.strip()}
