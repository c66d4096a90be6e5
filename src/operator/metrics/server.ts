import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { TextlessError } from '../../core/errors.js';

/** Only this machine is answered. */
const HOST = '127.0.0.1';
/** Connections at once: more than any scraper opens. */
const MOST = 16;

export interface Page {
  readonly contentType: string;
  readonly text: () => Promise<string>;
}

/** Answers `GET /metrics` on a port of this machine; everything else is 404. */
export class MetricsServer {
  private constructor(private readonly server: Server) {}

  /** @throws TEXTLESS_CONFIG when the port cannot be had */
  static async open(port: number, page: Page, onError: (error: unknown) => void): Promise<MetricsServer> {
    const server = createServer({ requestTimeout: 10_000, headersTimeout: 5000 }, (request, response) => {
      if (request.method !== 'GET' || request.url?.split('?')[0] !== '/metrics') return void response.writeHead(404).end();
      page.text().then(
        (text) => response.writeHead(200, { 'content-type': page.contentType }).end(text),
        (error: unknown) => {
          onError(error);
          response.writeHead(500).end();
        },
      );
    });
    server.maxConnections = MOST;
    try {
      server.listen(port, HOST);
      await once(server, 'listening');
    } catch (cause) {
      throw new TextlessError('TEXTLESS_CONFIG', `Port ${port} of ${HOST} cannot be had for metrics.`, String(cause), { cause });
    }
    server.on('error', onError);
    return new MetricsServer(server);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
