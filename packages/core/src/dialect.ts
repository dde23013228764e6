/** What a dialect package builds on: `@org/migrate-core/dialect`. */
export { join, sql, verbatim, words, type SqlFragment } from './compile/sql-tag.ts'
