// Saves the page as one file: the document as it came, with the data beside it. Opened again, it shows that data.
import { plainState, restoreState } from './live-state.mjs';

const ID = 'saved';

/** The data in this document, if it is a saved one. */
export function savedState() {
  const holder = document.getElementById(ID);
  return holder === null ? undefined : restoreState(JSON.parse(holder.textContent));
}

/** @param pristine the document as it came, as text */
export function savedDocument(pristine, state) {
  const holder = document.createElement('script');
  holder.type = 'application/json';
  holder.id = ID;
  // Inside a script element nothing may look like its end.
  holder.textContent = JSON.stringify(plainState(state)).replaceAll('<', '\\u003c');
  return `<!doctype html>\n${pristine.replace('</head>', () => `${holder.outerHTML}</head>`)}`;
}

export function download(text, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/html' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
