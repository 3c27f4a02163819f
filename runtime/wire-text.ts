// Text that somebody else wrote, on its way into a log line, a label or a ledger: how long it may be and what may stand in it.
// Each door where such text comes in calls one of these; behind it nothing has to ask again.

/** A name's longest, in UTF-16 units: what Kubernetes gives a pod. Of three bytes each, they fit a label of Prometheus. */
const MAX_NAME = 63;
const KEPT_AT_EACH_END = (MAX_NAME - 1) / 2;
/** The longest text that is kept of an answer: a greeting of the longest name by the longest pod, and some. */
const MAX_TEXT = 1024;
/** The longest text of a peer in a line that each call may write, in UTF-16 units. */
const MAX_PRINTED = 256;

const PLAIN_NAME = /^[\w.:-]{0,63}$/;
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** `name` as a label or a key: one that is longer keeps its beginning and its end, where pods of one kind differ. */
export function wireName(name: string): string {
  if (PLAIN_NAME.test(name)) return name;
  const short = name.length <= MAX_NAME ? name : `${name.slice(0, KEPT_AT_EACH_END)}…${name.slice(-KEPT_AT_EACH_END)}`;
  return short.replace(UNPRINTABLE, '\ufffd');
}

/** The beginning of `text`, as long as anyone will read. What it is shown on may still need printable(). */
export function wireText(text: string): string {
  return text.length <= MAX_TEXT ? text : text.slice(0, MAX_TEXT);
}

/** `text` with all that could move a cursor, break a line or turn its direction replaced, and cut to `most` units. */
export function printable(text: string, most = MAX_PRINTED): string {
  return text.slice(0, most).replace(UNPRINTABLE, '\ufffd');
}

/** A text that wireText() has cut, printable and whole. */
export function printableText(text: string): string {
  return printable(text, MAX_TEXT);
}
