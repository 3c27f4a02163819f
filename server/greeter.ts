// What the greeter answers: a request becomes a reply or a refusal. Knows nothing of streams, metrics or logs.
/// <reference lib="es2024.string" />
import { status } from '@grpc/grpc-js';
import type { HelloReply } from '../proto/generated/greeter/v1/HelloReply';
import type { HelloRequest__Output } from '../proto/generated/greeter/v1/HelloRequest';
import type { Answer } from './calls';

/** The longest name that is greeted, in characters (code points), so that an emoji counts once. */
export const MAX_NAME_CHARACTERS = 256;

/** Makes the one answer of SayHello, and of each message of Chat. `podName` is what the whole project counts. */
export function createGreeter(podName: string): (request: HelloRequest__Output) => Answer<HelloReply> {
  return ({ name }) => {
    const characters = countCharacters(name);
    if (characters < 1 || characters > MAX_NAME_CHARACTERS) {
      // The name itself stays out: `details` travel as a header, and their readers show and log them.
      const details = `name: expected 1-${MAX_NAME_CHARACTERS} characters, got ${characters}`;
      return { ok: false, code: status.INVALID_ARGUMENT, details };
    }
    const message = `Hello, ${name.toWellFormed()}! This message is from ${podName}`;
    return { ok: true, reply: { message, pod: podName } };
  };
}

function countCharacters(text: string): number {
  if (text.length <= MAX_NAME_CHARACTERS) return text.length;
  let characters = 0;
  for (const _ of text) characters += 1;
  return characters;
}
