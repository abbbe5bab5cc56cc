// Starts a real PDS and AppView of Bluesky on this machine, and passes the PDS's own event stream on
// in Jetstream's words (https://github.com/bluesky-social/jetstream). Prints one line of JSON with the addresses.
// Needs Node 22, the npm packages @atproto/dev-env and ws, DB_POSTGRES_URL and REDIS_HOST.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(process.cwd() + "/");
const load = async (name) => import(pathToFileURL(require.resolve(name)).href);
const { TestNetwork } = await load("@atproto/dev-env");
const { Firehose } = await load("@atproto/sync");
const { WebSocketServer } = (await load("ws")).default;

const network = await TestNetwork.create({
  dbPostgresSchema: "monitor",
  pds: { hostname: "localhost" },
  bsky: {},
});
const events = [];
const readers = new Set();
const tell = (event) => {
  events.push(event);
  for (const reader of readers) reader.send(JSON.stringify(event));
};
let last = 0;
const firehose = new Firehose({
  idResolver: network.pds.ctx.idResolver,
  service: `ws://localhost:${network.pds.port}`,
  unauthenticatedCommits: true,
  unauthenticatedHandles: true,
  subscriptionReconnectDelay: 500,
  onError: () => {},
  handleEvent: async (one) => {
    last = Math.max(last + 1, Date.now() * 1000);
    if (["create", "update", "delete"].includes(one.event)) {
      const { collection, rkey, record } = one;
      tell({ did: one.did, time_us: last, kind: "commit", commit: { operation: one.event, collection, rkey, record } });
    } else {
      tell({ did: one.did, time_us: last, kind: one.event, account: { status: one.status } });
    }
  },
});
firehose.start();
const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
await new Promise((ready) => server.on("listening", ready));
server.on("connection", (socket, request) => {
  const cursor = Number(new URL(request.url, "ws://x").searchParams.get("cursor"));
  for (const event of events) if (event.time_us >= cursor) socket.send(JSON.stringify(event));
  readers.add(socket);
  socket.on("close", () => readers.delete(socket));
});
console.log(JSON.stringify({
  pds: `http://localhost:${network.pds.port}`,
  appview: `http://localhost:${network.bsky.port}`,
  stream: `ws://127.0.0.1:${server.address().port}`,
}));
process.stdin.on("data", async () => { await network.processAll(); console.log("done"); });
