import { beforeEach, type TestContext } from 'vitest'
import { Database, hasDriver, whyNotLoaded } from './client.mjs'

export type Driver = Parameters<typeof whyNotLoaded>[0]

/** The test needs that driver itself: where this Node cannot load it, it is NOT RUN. */
export function skipWithout(driver: Driver, context: TestContext): void {
  const why = whyNotLoaded(driver)
  if (why !== undefined) context.skip(`${driver} cannot be loaded: ${why}`)
}

/** The same for every test of the `describe` around it, or of the file. */
export function needsDriver(driver: Driver): void {
  beforeEach((context) => skipWithout(driver, context))
}

function versionOfClient(): string {
  const database = new Database(':memory:')
  try {
    return String(database.prepare('SELECT sqlite_version()').pluck().get())
  } finally {
    database.close()
  }
}

/** Of the SQLite that the tests open, as a number: 3.53. */
export const sqliteVersion = Number(versionOfClient().split('.', 2).join('.'))

/** SQLite changes a table in place from 3.53 on: before it the test is NOT RUN. */
export function skipBefore353(context: TestContext): void {
  if (sqliteVersion < 3.53) context.skip(`SQLite ${sqliteVersion} of this Node changes no table in place`)
}

/** Node 22 ends a text at its first NUL when it reads it. */
export const cutsTexts = !hasDriver && process.versions.node.startsWith('22.')

/** A run is refused there, and a test with such a text is NOT RUN. */
export function skipWhereTextsAreCut(context: TestContext): void {
  if (cutsTexts) context.skip('node:sqlite of Node 22 ends a text at NUL')
}
