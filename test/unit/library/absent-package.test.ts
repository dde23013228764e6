import { isPackageAbsent } from '@org/migrate-core/dialect'
import { expect, test } from 'vitest'

const error = (message: string, facts: object): Error => Object.assign(new Error(message), facts)

test.each([
  ['Node', error("Cannot find package 'pg' imported from /app/a.mjs", { code: 'ERR_MODULE_NOT_FOUND' })],
  [
    'a bundle in CommonJS',
    error("Cannot find module 'pg'\nRequire stack:\n- /app/a.cjs", { code: 'MODULE_NOT_FOUND' }),
  ],
  [
    "Yarn's Plug'n'Play",
    error("@org/a tried to access pg (a peer dependency) but it isn't provided by your application", {
      code: 'ERR_MODULE_NOT_FOUND',
      pnpCode: 'MISSING_PEER_DEPENDENCY',
      data: { request: 'pg/package.json', dependencyName: 'pg' },
    }),
  ],
  ['a Worker', error('No such module "pg".\n  imported from "a.js"', {})],
])('of %s: the package is not there', (_loader, thrown) => {
  expect(isPackageAbsent(thrown, 'pg')).toBe(true)
})

test('what a package imports is not the package', () => {
  const of = { code: 'ERR_MODULE_NOT_FOUND' }
  expect(isPackageAbsent(error("Cannot find package 'pg-types' imported from /app/pg/a.mjs", of), 'pg')).toBe(false)
  const access = { ...of, data: { dependencyName: 'pg-types' } }
  expect(isPackageAbsent(error("pg tried to access pg-types, but it isn't declared", access), 'pg')).toBe(false)
  expect(isPackageAbsent(error("Cannot use 'pg' here", {}), 'pg')).toBe(false)
  expect(isPackageAbsent(undefined, 'pg')).toBe(false)
})
