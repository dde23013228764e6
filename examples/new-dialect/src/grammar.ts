import { classifySql, type SqlClass, type SqlGrammar } from '@org/migrate-core/dialect'

export const grammar: SqlGrammar = { escapeStrings: true, dollarQuotes: true, nestedComments: true, atomicBodies: true }

const kinds: { readonly [C in Exclude<SqlClass, 'unknown'>]: readonly string[] } = {
  query: ['SELECT', 'VALUES', 'TABLE', 'SHOW'],
  dml: ['INSERT', 'UPDATE', 'DELETE', 'MERGE'],
  ddl: ['CREATE', 'DROP', 'ALTER', 'COMMENT', 'GRANT', 'REVOKE', 'TRUNCATE', 'REINDEX', 'VACUUM', 'ANALYZE'],
  transaction: ['BEGIN', 'START', 'COMMIT', 'END', 'ROLLBACK', 'ABORT', 'SAVEPOINT', 'RELEASE', 'PREPARE'],
  setting: ['SET', 'RESET', 'DISCARD', 'DEALLOCATE', 'DECLARE', 'LISTEN', 'NOTIFY', 'LOAD', 'LOCK'],
}

const byKeyword = new Map(
  Object.entries(kinds).flatMap(([kind, keywords]) => keywords.map((keyword) => [keyword, kind as SqlClass] as const)),
)

export const classify = (sql: string): SqlClass => classifySql(sql, grammar, byKeyword)
