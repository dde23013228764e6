import { type SqlFragment, sql, verbatim } from './tag.ts'

/** What an author wrote, with an end that hides nothing: a comment would take what follows along (`#` begins one on MySQL). */
export const closed = (text: string): SqlFragment => verbatim(/(?:--|#)[^\n]*$/.test(text) ? `${text}\n` : text)

/** An author's expression in parentheses. */
export const enclosed = (expression: string): SqlFragment => sql`(${closed(expression)})`
