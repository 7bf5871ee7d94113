// A connection between client and daemon that fails in the worst moment: the daemon has committed, its answer is lost.
import net from "node:net";

// Cuts the first `cuts` answers, lets the rest pass. -> { url, port, cut(): how many were, close() }
export function unreliable(daemon, cuts) {
  let cut = 0;
  const sockets = new Set();
  const server = net.createServer((client) => {
    const upstream = net.connect(daemon.port, "127.0.0.1");
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => (sockets.delete(socket), client.destroy(), upstream.destroy()));
    }
    client.pipe(upstream);
    upstream.on("data", (bytes) => {
      if (cut === cuts) return client.write(bytes);
      cut++;
      client.resetAndDestroy();
    });
  });
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      const close = () => {
        for (const socket of sockets) socket.destroy();
        return new Promise((closed) => server.close(closed));
      };
      resolve({ url: `http://127.0.0.1:${port}`, port, cut: () => cut, close });
    }),
  );
}
