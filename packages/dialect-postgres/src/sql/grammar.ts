import type { SqlGrammar } from '@org/migrate-core/dialect'

/** https://www.postgresql.org/docs/current/sql-syntax-lexical.html */
export const grammar: SqlGrammar = Object.freeze({
  escapeStrings: true,
  dollarQuotes: true,
  nestedComments: true,
  carriageReturnEndsComment: true,
  atomicBodies: true,
})
