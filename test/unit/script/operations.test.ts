import { isMigrateError, type Migrator } from '@org/migrate-core'
import type { OperationKind } from '@org/migrate-core/dialect'
import { expect, test } from 'vitest'
import { differsFromBefore } from '../../../packages/conformance/src/compare.ts'
import { dialectOf, introspected, migratorOn, rowsOf } from '../../../packages/conformance/src/database.ts'
import type { OperationCase, Sight } from '../../../packages/conformance/src/operations/cases/case.ts'
import { cases, kinds } from '../../../packages/conformance/src/operations/cases/index.ts'
import type { SqlFragments, SubjectDatabase } from '../../../packages/conformance/src/subject.ts'
import { versionFrom } from '../../dialects/conformance/matrix.ts'
import { fragments } from '../../dialects/conformance/subjects.ts'
import { counts } from '../../kit/scale.ts'
import { describeOnGrounds, type Ground, type GroundName } from './ground.ts'

const fragmentsOf: { readonly [G in GroundName]: SqlFragments } = {
  ...fragments,
  'postgres-next': fragments.postgres,
  'mariadb-next': fragments.mariadb,
}

/** What a run says where the server has no such thing, else nothing. */
async function refusal(work: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await work()
    return undefined
  } catch (error) {
    if (isMigrateError(error)) return error.code
    throw error
  }
}

const subjectOf = (ground: Ground): SubjectDatabase => ({
  dialect: ground.dialect(),
  sql: ground.rows,
  close: () => ground.drop(),
})

async function given(ground: Ground, { beforeTrigger }: SqlFragments): Promise<void> {
  if (beforeTrigger !== undefined) expect(ground.client(`${beforeTrigger};\n`)).toMatchObject({ stopped: false })
}

interface Pair {
  readonly online: Ground
  readonly offline: Ground
}

/** The server's catalog, what introspection reads of everything, and the rows that the case speaks of. */
async function expectSame({ online, offline }: Pair, sight: Sight | undefined): Promise<void> {
  expect(await offline.catalog()).toEqual(await online.catalog())
  const [one, other] = [subjectOf(online), subjectOf(offline)]
  expect(differsFromBefore(await dialectOf(one), await introspected(one), await introspected(other))).toEqual([])
  if (sight !== undefined) expect(await rowsOf(other, sight.sql)).toEqual(sight.rows)
}

/** A script leaves data steps out. */
const rowsOfScript = (kind: OperationKind, sight: Sight | undefined): Sight | undefined =>
  kind === 'run' ? undefined : sight

/** What depends on the server, or on its rows, the script finds out where it runs. */
async function expectStopped(
  { online, offline }: Pair,
  refused: string,
  notPrinted: string | undefined,
  script: string | undefined,
): Promise<void> {
  if (script === undefined) expect(notPrinted).toBe(refused)
  else expect(offline.client(script)).toMatchObject({ stopped: true })
  expect(await offline.catalog()).toEqual(await online.catalog())
}

/** Written without a server a script speaks as the newest one does; written for an older one it says the same in older words. */
async function expectRun(
  offline: Ground,
  isNewer: boolean,
  script: string,
  forThisOne: () => Promise<string>,
): Promise<void> {
  const { stopped } = offline.client(script)
  if (stopped && isNewer) expect(offline.client(await forThisOne())).toMatchObject({ stopped: false })
  else expect(stopped).toBe(false)
}

async function sameThere(pair: Pair, kind: OperationKind, each: OperationCase, migrator: (on: Ground) => Migrator) {
  const { online, offline } = pair
  const refused = await refusal(() => migrator(online).upgrade())
  let script: string | undefined
  const notPrinted = await refusal(async () => {
    script = await migrator(offline).script('head', { skipData: true })
  })
  if (refused !== undefined) {
    await expectStopped(pair, refused, notPrinted, script)
    return false
  }
  expect(notPrinted).toBeUndefined()
  const isNewer = versionFrom('PostgreSQL', kind, each.title) !== undefined
  await expectRun(offline, isNewer, script ?? '', async () => {
    await migrator(offline).upgrade('r1')
    return migrator(offline).script('head', { from: 'current', skipData: true, ...offline.scriptOptions })
  })
  await expectSame(pair, rowsOfScript(kind, each.after))
  return true
}

async function sameBack(pair: Pair, kind: OperationKind, each: OperationCase, migrator: (on: Ground) => Migrator) {
  const { online, offline } = pair
  const refused = await refusal(() => migrator(online).downgrade('r1'))
  let script: string | undefined
  const downgrade = { command: 'downgrade', from: 'head', skipData: true, allowDataLoss: true } as const
  const notPrinted = await refusal(async () => {
    script = await migrator(offline).script('r1', downgrade)
  })
  if (refused !== undefined) return expectStopped(pair, refused, notPrinted, script)
  expect(notPrinted).toBeUndefined()
  await expectRun(offline, versionFrom('PostgreSQL', kind, each.title) !== undefined, script ?? '', () =>
    migrator(offline).script('r1', { ...downgrade, from: 'current', ...offline.scriptOptions }),
  )
  await expectSame(pair, rowsOfScript(kind, each.back))
}

describeOnGrounds('each operation as a script', (createGround, name) => {
  const ofServer = fragmentsOf[name]
  const all = kinds.flatMap((kind) => cases[kind].map((each) => ({ kind, title: each.title, each })))
  const some = all.filter(
    ({ each }, at) =>
      (each.needs === undefined || each.needs(ofServer) !== undefined) &&
      (at + name.length) % counts.scriptedCaseEvery === 0,
  )
  test.for(some)('$kind: $title', async ({ kind, each }) => {
    const pair = { online: await createGround(), offline: await createGround() }
    await given(pair.online, ofServer)
    await given(pair.offline, ofServer)
    const migrator = (on: Ground) =>
      migratorOn(
        subjectOf(on),
        (op) => each.given?.(op, ofServer),
        (op) => each.change(op, ofServer),
      )
    try {
      if (await sameThere(pair, kind, each, migrator)) await sameBack(pair, kind, each, migrator)
    } finally {
      await pair.online.drop()
      await pair.offline.drop()
    }
  })
})
