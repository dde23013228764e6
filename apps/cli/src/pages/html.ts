import { harmless } from '../harmless.ts'

const markup: unique symbol = Symbol('markup')

/** Markup that this program wrote. Only `html` and `trusted` make it. */
export interface Html {
  readonly [markup]: string
}

/** What a template takes; nothing is written for what is absent. */
type HtmlPart = Html | string | number | undefined | false | readonly HtmlPart[]

const entities: { readonly [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
}

/** As text of an element or of a quoted attribute; what cannot be seen in it is written out. */
const escaped = (text: string): string =>
  harmless(text).replace(/[&<>"'`]/g, (character) => entities[character] ?? character)

function textOf(part: HtmlPart): string {
  if (part === undefined || part === false) return ''
  if (typeof part === 'string') return escaped(part)
  if (typeof part === 'number') return String(part)
  return markup in part ? part[markup] : part.map(textOf).join('')
}

/** A template of markup: each value is escaped unless it is markup itself. Attributes are written in double quotes. */
export function html(fixed: TemplateStringsArray, ...values: readonly HtmlPart[]): Html {
  return { [markup]: fixed.map((text, at) => `${text}${textOf(values[at])}`).join('') }
}

/** Markup from a program that escapes what it is given: Graphviz, or a constant of ours. */
export function trusted(text: string): Html {
  return { [markup]: text }
}

/** The text of a document. */
export function markupOf(part: Html): string {
  return part[markup]
}
