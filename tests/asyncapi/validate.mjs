// Prints what AsyncAPI's own parser finds wrong in a document, as JSON; references are followed to the files beside it.
import { readFile } from "node:fs/promises";
import { Parser } from "@asyncapi/parser";

const path = process.argv[2];
const { document, diagnostics } = await new Parser().parse(await readFile(path, "utf8"), { source: path });
const errors = diagnostics.filter(({ severity }) => severity === 0).map(({ message, path }) => `${path.join("/")}: ${message}`);
console.log(JSON.stringify({ messages: document?.messages().length ?? 0, errors }));
