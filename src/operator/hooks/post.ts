import http from 'node:http';
import https from 'node:https';

/** What came of a message. `says`: the status, or why there is none. */
export interface Answer {
  readonly taken: boolean;
  readonly says: string;
}

/**
 * Posts a message and waits for the status alone, not for a body. Redirections are not followed: a message goes where the configuration says.
 * Never throws.
 * @param limit milliseconds for all of it: name, connection, answer
 */
export function post(url: string, body: string, headers: Record<string, string>, limit: number, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve) => {
    const over = AbortSignal.any([signal, AbortSignal.timeout(limit)]);
    const fail = (error: unknown): void => resolve({ taken: false, says: over.aborted ? 'no answer in time' : String(error) });
    try {
      const { request } = url.startsWith('https:') ? https : http;
      const sent = request(url, {
        ...{ method: 'POST', agent: false, signal: over },
        headers: { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)), ...headers },
      });
      sent.on('error', fail);
      sent.on('response', (response) => {
        const status = response.statusCode ?? 0;
        resolve({ taken: status >= 200 && status < 300, says: `status ${status}` });
        response.destroy();
      });
      sent.end(body);
    } catch (error) {
      fail(error);
    }
  });
}
