import { rmSync } from 'node:fs'
import { graphOf, revisions } from '@org/migrate-core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { rowsOf } from '../run/kit.ts'
import { chain, fileOf, fleetOf, makeMembers, newFolder } from './kit.ts'

let folder: string
beforeEach(() => {
  folder = newFolder()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const revisionOf = (id: string): unknown => rowsOf(fileOf(folder, id), 'SELECT version_num FROM migrate_version')

it('A target that counts from where a member is, is refused before any member is read; one that is named is the same in every attempt', async () => {
  const members = await makeMembers(folder, ['a', 'b'], 'r3')
  const labelled = chain.map((each) => (each.revision === 'r2' ? { ...each, branchLabels: ['notes'] } : each))
  let listed = 0
  const list = () => {
    listed += 1
    return members
  }
  const queue = { url: 'postgres://nowhere.invalid/queue' }
  const fleet = fleetOf(list, { tiers: [graphOf(revisions(labelled))] })
  const queued = fleetOf(list, { tiers: [graphOf(revisions(labelled))], queue })
  const refused = (target: string) => ({
    code: 'INVALID_OPTION',
    message: `The target of a fleet: "${target}" counts from where each member is, so that one that is tried again would move too far.`,
    remedy: 'Name the revision, or its label: each member ends there, however often it is tried.',
  })
  for (const target of ['-1', '+1', 'current', 'current-1', 'notes@-1', 'notes@+1', 'notes@current']) {
    await expect(fleet.downgrade(target)).rejects.toMatchObject(refused(target))
    await expect(fleet.upgrade(target)).rejects.toMatchObject(refused(target))
    await expect(fleet.plan(target)).rejects.toMatchObject(refused(target))
    await expect(queued.downgrade(target)).rejects.toMatchObject(refused(target))
  }
  expect(listed).toBe(0)
  for (const attempt of [1, 2]) {
    expect(await fleet.downgrade('notes')).toMatchObject({ migrated: attempt === 1 ? 2 : 0, failed: 0 })
    expect([revisionOf('a'), revisionOf('b')]).toEqual([[{ version_num: 'r2' }], [{ version_num: 'r2' }]])
  }
  for (const attempt of [1, 2]) {
    expect(await fleet.downgrade('r2-1')).toMatchObject({ migrated: attempt === 1 ? 2 : 0, failed: 0 })
    expect([revisionOf('a'), revisionOf('b')]).toEqual([[{ version_num: 'r1' }], [{ version_num: 'r1' }]])
  }
})
