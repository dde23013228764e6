import type { Plugin } from 'esbuild'
import { clientFor } from './where-needed.ts'

/** For programs of tests that are bundled. */
export const clientOfSqlite: Plugin = {
  name: 'client of SQLite',
  setup({ onResolve }) {
    onResolve({ filter: /^better-sqlite3$/ }, ({ path, importer }) => {
      const client = clientFor(path, importer)
      return client === undefined ? undefined : { path: client }
    })
  },
}
