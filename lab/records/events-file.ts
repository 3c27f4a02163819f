// events.ndjson: appended as things happen, read back in the order of time.
import { parseEvent, type RunEvent } from './event';
import { forEachLine, type LineWriter, openLineWriter } from './lines';

export function openEventsWriter(file: string): LineWriter & { write(event: RunEvent): Promise<void> } {
  return openLineWriter(file);
}

/** All events by time; those of one instant keep the order of the file. @throws RecordError at the first bad line. */
export async function readEvents(file: string): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  await forEachLine(file, (line, lineNumber) => {
    events.push(parseEvent(line, `${file} line ${lineNumber}`));
  });
  return events.sort((left, right) => left.atMs - right.atMs);
}
