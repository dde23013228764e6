// The columns of docs/reference/drivers.md: a table for each dialect, whose first column is the one that values are compared with.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { root } from '../workspace.mjs'

const requireIn = (folder) => createRequire(join(root, folder, 'package.json'))
const folderOf = (folder, name) =>
  requireIn(folder)
    .resolve.paths(name)
    .map((path) => join(path, name))
const installed = (folder, ...names) =>
  Object.fromEntries(names.map((name) => [name, { candidates: folderOf(folder, name) }]))

const sqlite = 'packages/dialect-sqlite'
const postgres = 'packages/dialect-postgres'
const mysql = 'packages/dialect-mysql'
const node = (version) => ({ program: 'otherNode', version })

const onFile = (name, driver, runtime, packages) => ({ name, target: 'file', driver, runtime, packages })
const onServer = (name, driver, target, packages) => ({ name, target, driver, packages })

/** `packages`: what stands in the folder of the program; without `runtime` it is run by the Node of this process. */
export const tables = [
  {
    name: 'SQLite',
    columns: [
      onFile('better-sqlite3 12', 'better-sqlite3', undefined, installed('test', 'better-sqlite3')),
      onFile('better-sqlite3 13 (Node 24)', 'better-sqlite3', node('24.21.0'), {
        'better-sqlite3': { npm: 'better-sqlite3@13.2.0' },
      }),
      onFile('node:sqlite (Node 22)', 'node:sqlite', node('22.23.3'), {}),
      onFile('node:sqlite (Node 24)', 'node:sqlite', node('24.21.0'), {}),
      onFile('node:sqlite (Node 26)', 'node:sqlite', node('26.10.0'), {}),
      onFile('bun:sqlite (Bun 1.4)', 'bun:sqlite', { program: 'bun', version: '1.4.5' }, {}),
      onFile('libsql', 'libsql', undefined, installed(sqlite, 'libsql')),
      { name: 'D1', target: 'd1', driver: 'D1', packages: {} },
      { name: 'libSQL over HTTP', target: 'sqld', driver: 'libSQL over HTTP', packages: {} },
    ],
  },
  {
    name: 'PostgreSQL',
    columns: [
      onServer('postgres.js on 15', 'postgres', 'postgres', installed(postgres, 'postgres')),
      onServer('pg on 15', 'pg', 'postgres', installed(postgres, 'pg')),
      onServer('postgres.js on 18', 'postgres', 'postgres-next', installed(postgres, 'postgres')),
      onServer('PGlite', 'pglite', 'pglite', installed(postgres, '@electric-sql/pglite')),
      onServer("Neon's serverless driver on 15", 'neon', 'neon', {
        '@neondatabase/serverless': { npm: '@neondatabase/serverless@1.2.0' },
        ws: { npm: 'ws@8.23.0' },
      }),
    ],
  },
  {
    name: 'MySQL',
    columns: [
      onServer('mysql2', 'mysql2', 'mysql', installed(mysql, 'mysql2')),
      onServer('mariadb connector', 'mariadb', 'mysql', installed(mysql, 'mariadb')),
    ],
  },
  {
    name: 'MariaDB',
    columns: [
      onServer('mysql2', 'mysql2', 'mariadb', installed(mysql, 'mysql2')),
      onServer('mariadb connector', 'mariadb', 'mariadb', installed(mysql, 'mariadb')),
    ],
  },
]

/** In the order of the suite. */
export const groups = [
  'operations',
  'names',
  'values',
  'data steps',
  'updates of many rows',
  'keys',
  'preserved values',
  'checks',
  'failures',
  'random models',
]
export const sameValues = 'values beside the first column'

/** Packages that the program loads itself: the client of the test, beside the driver. */
export const ownPackages = installed('test', 'postgres', 'mysql2')
