import { type Html, html, markupOf, trusted } from './html.ts'
import { style } from './style.ts'
import { timeText } from './text.ts'

/** What the file of a report begins with: only such a file is replaced. */
const reportMark = '<!doctype html>\n<!-- migrate report -->\n'

export interface Section {
  readonly id: string
  readonly title: string
  readonly body: Html | undefined
}

export const card = (value: string, label: string, tone = ''): Html =>
  html`<div class="card"><b class="${tone}">${value}</b><span>${label}</span></div>`

/** Whether a file is a report, which a new one replaces. */
export const isReport = (text: string): boolean => text.startsWith(reportMark)

// Nothing may be fetched and no script may run, whatever a name holds.
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"

/** What a page of this look shows. */
interface PageParts {
  readonly title: string
  readonly verdict: string
  /** What it is about, beside the time. */
  readonly subject: string
  readonly createdAt: string
  readonly tool: string
  readonly cards: Html
  /** Before the sections. */
  readonly notes: readonly Html[]
  readonly sections: readonly Section[]
}

/** A page that is whole by itself: it fetches nothing and runs nothing. */
export function wholePage({
  title,
  verdict,
  subject,
  createdAt,
  tool,
  cards: top,
  notes,
  sections,
}: PageParts): string {
  const page = html`<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${trusted(style)}</style></head><body>
<header><h1>${title}</h1><p>${verdict}</p>
<p class="soft">${subject} · <time datetime="${createdAt}">${timeText(createdAt)}</time></p>
${top}
<nav aria-label="Sections">${sections.map(({ id, title: name }) => html`<a href="#${id}">${name}</a>`)}</nav>
</header><main>
${notes}
${sections.map(({ id, title: name, body }) => html`<section><h2 id="${id}">${name}</h2>\n${body}</section>\n`)}
<footer class="soft small">Written by migrate ${tool}.</footer></main>
</body></html>
`
  return `${reportMark}${markupOf(page)}`
}
