import { oneLine } from '../reporters/formatting.ts'
import { type Html, html } from './html.ts'

/** A sentence on one line; what stands in backquotes is code. */
export function prose(text: string): Html {
  return html`${oneLine(text)
    .split('`')
    .map((part, at, { length }) => (at % 2 === 1 && at < length - 1 ? html`<code>${part}</code>` : part))}`
}

/** `2026-11-25 16:08:45 UTC` of a timestamp of ISO 8601; another text stays. */
export function timeText(timestamp: string): string {
  return timestamp.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/, '$1 $2 UTC')
}
