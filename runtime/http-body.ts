// The body of a request to one of this project's own HTTP endpoints.
import type { IncomingMessage } from 'node:http';

/** As text. A body above `maxCharacters` is cut, and so is not JSON any more. */
export async function readBody(request: IncomingMessage, maxCharacters: number): Promise<string> {
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request as AsyncIterable<string>) {
    if (text.length <= maxCharacters) text += chunk;
  }
  return text.slice(0, maxCharacters);
}
