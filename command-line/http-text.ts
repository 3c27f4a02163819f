// One HTTP request on a new connection, and its answer as text. For the small endpoints of servers and Envoys.
import { request as startRequest } from 'node:http';

export interface HttpRequest {
  readonly method?: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly body?: string;
  /** Default 5000. */
  readonly timeoutMs?: number;
}

/** @throws Error when there is no answer, or one whose status is not 2xx; its text then is in the message */
export function requestText(
  url: string,
  { method = 'GET', body = '', timeoutMs = 5000 }: HttpRequest = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (why: string, cause?: Error) => reject(new Error(`${method} ${url}: ${why}`, cause && { cause }));
    // Old connections are not kept: the process that answers may be gone the next time.
    const request = startRequest(url, { method, agent: false, timeout: timeoutMs }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => {
        const { statusCode = 0 } = response;
        if (statusCode >= 200 && statusCode < 300) resolve(text);
        else fail(`status ${statusCode}: ${text.trim()}`);
      });
      response.on('error', (error) => fail(error.message, error));
    });
    request.on('timeout', () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    request.on('error', (error) => fail(error.message, error));
    request.end(body);
  });
}
