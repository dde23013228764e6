import { isDeepStrictEqual } from 'node:util'
import { isMigrateError, type Migrator, type Plan } from '@org/migrate-core'
import type { Fleet } from '@org/migrate-fleet'
import type { Tenant } from './tenant.ts'

/** What plans say of rows: the numbers of each loss and of what is restored, by revision; undefined where a plan has no number. */
function rowsOf(plans: readonly Plan[]): readonly (readonly [string, number | undefined])[] {
  const sums = new Map<string, number | undefined>()
  const add = (key: string, rows: number | undefined): void => {
    const sum = sums.has(key) ? sums.get(key) : 0
    sums.set(key, sum === undefined || rows === undefined ? undefined : sum + rows)
  }
  for (const { steps } of plans) {
    for (const { revision, direction, losses, restores } of steps) {
      for (const { rows, bytes = 0, about: _, uncounted: __, ...loss } of losses) {
        const key = JSON.stringify([revision, direction, Object.entries(loss).sort()])
        add(key, rows)
        add(`bytes ${key}`, bytes)
      }
      if (restores === undefined) continue
      const { values, superseded, undecided = 0 } = restores
      for (const [what, count] of [
        ['values', values],
        ['superseded', superseded],
        ['undecided', undecided],
      ] as const)
        add(`${what} of ${revision}`, count)
    }
  }
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1))
}

const statementsOf = ({ steps }: Plan): unknown =>
  steps.map(({ revision, operations, notes, foreignKeys, parts }) => [
    revision,
    operations.map(({ describe, statements, skipped }) => [describe, statements, skipped]),
    [notes, foreignKeys, parts],
  ])

/** The plan of each group has the statements of each member alone, and the rows of all of them. Throws where it has not. */
export async function expectPlansOfMembers(
  fleet: Fleet,
  tenants: readonly Tenant[],
  target: string,
  siblingOf: (tenant: Tenant) => Migrator,
): Promise<number> {
  const { groups, failures } = await fleet.plan(target)
  const failed = new Map(failures.flatMap(({ members }) => members.map((each) => [each.id, each] as const)))
  const ownPlans = new Map<string, Plan>()
  for (const tenant of tenants) {
    const { id } = tenant
    const own = await siblingOf(tenant)
      .plan(target)
      .catch((error: unknown) => {
        if (!isMigrateError(error)) throw error
        return error
      })
    const failure = failed.get(id)
    const isSame =
      own instanceof Error
        ? failure?.code === own.code && tenant.plain(failure.message) === tenant.plain(own.message)
        : failure === undefined
    if (!isSame) throw new Error(`plan of ${id}: ${JSON.stringify(failure)}; of its sibling: ${JSON.stringify(own)}`)
    if (!(own instanceof Error)) ownPlans.set(id, own)
  }
  for (const { members, plan } of groups) {
    const plans = members.flatMap((id) => ownPlans.get(id) ?? [])
    const [rows, ofMembers] = [rowsOf([plan]), rowsOf(plans)]
    if (!isDeepStrictEqual(rows, ofMembers))
      throw new Error(`rows of the plan for ${members}: ${JSON.stringify(rows)}; each: ${JSON.stringify(ofMembers)}`)
    for (const tenant of tenants.filter(({ id }) => members.includes(id))) {
      const texts = [plan, ownPlans.get(tenant.id)].map(
        (each) => each && tenant.plain(JSON.stringify(statementsOf(each))),
      )
      if (texts[0] !== texts[1]) throw new Error(`plan of ${tenant.id}: ${texts[0]}; of its sibling: ${texts[1]}`)
    }
  }
  return groups.length
}
