/**
 * HTTP without `import … from "node:http"`: that reads everything the module has, `WebSocket` among it, and so loads
 * `fetch` and all around it, which takes 4 MB.
 */
export const { Agent, createServer, request } = process.getBuiltinModule("node:http");
