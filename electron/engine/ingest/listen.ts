import type { Server } from 'node:http';
import type { z } from 'zod';
import type { receiverStatus } from '../../../shared/contract.ts';

type Status = z.infer<typeof receiverStatus>;

/** How many ports behind the wanted one are tried. */
const morePorts = 20;

/** Never rejects: a receiver that cannot listen says so and the rest of the engine goes on. */
export async function listen(server: Server, host: string, wantedPort: number): Promise<Status> {
  const most = wantedPort === 0 ? 0 : Math.min(morePorts, 65_535 - wantedPort);
  for (let i = 0; i <= most; i++) {
    const error = await tryPort(server, host, wantedPort + i);
    if (error === null) {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : wantedPort + i;
      const message = i === 0 ? null : `Port ${wantedPort} is taken by another program, so the receiver listens on port ${port}. Agents that were set up for ${wantedPort} do not reach it.`;
      return { state: 'listening', host, port, wantedPort, message };
    }
    if (error.code !== 'EADDRINUSE') return { state: 'failed', host, port: null, wantedPort, message: failure(host, wantedPort + i, error) };
  }
  return { state: 'failed', host, port: null, wantedPort, message: `Ports ${wantedPort} to ${wantedPort + most} are all taken by other programs. Free one of them or choose another port in Settings.` };
}

function failure(host: string, port: number, error: NodeJS.ErrnoException): string {
  if (error.code === 'EACCES') return `This account may not listen on port ${port}. Choose a port above 1023 in Settings.`;
  if (error.code === 'EADDRNOTAVAIL') return `${host} is not an address of this machine, so nothing can be received.`;
  return `The receiver cannot listen on ${host}, port ${port} (${error.code ?? error.message}).`;
}

function tryPort(server: Server, host: string, port: number): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      server.off('listening', onListening);
      resolve(error);
    };
    const onListening = (): void => {
      server.off('error', onError);
      resolve(null);
    };
    server.once('error', onError);
    server.once('listening', onListening);
    server.listen({ host, port, exclusive: true });
  });
}
