import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, expect, it } from 'vitest'
import { chain, fleetOf, makeMembers, newFolder, numbered } from './kit.ts'

let folder: string
beforeEach(() => {
  folder = newFolder()
})

const late = async (): Promise<void> => {
  throw new Error('the log is full')
}
const atOnce = (): never => {
  throw new Error('the log is full')
}
const complaint = 'The listener of events threw: Error: the log is full'

it.each([
  ['rejects', late],
  ['throws', atOnce],
])('A listener that %s ends no run over a fleet, and is named once', async (_, onEvent) => {
  const members = await makeMembers(folder, numbered(6), 'r2')
  const unhandled: unknown[] = []
  const hear = (error: unknown): void => void unhandled.push(error)
  process.on('unhandledRejection', hear)
  try {
    const result = await fleetOf(members, { parallel: 2 }).upgrade(undefined, { onEvent })
    expect(result).toMatchObject({ migrated: 6, failed: 0, left: 0 })
    expect(result.warnings).toEqual([{ text: complaint, count: 1, first: '' }])
    await sleep(5)
    expect(unhandled).toEqual([])
  } finally {
    process.off('unhandledRejection', hear)
  }
})

it.each([
  ['rejects', late],
  ['throws', atOnce],
])('One that %s ends no run for a single member, and keeps no other call from hearing it', async (_, onEvent) => {
  const [member = { id: '' }] = await makeMembers(folder, ['m1'], 'r1')
  const fleet = fleetOf([member])
  const heard: string[] = []
  const unhandled: unknown[] = []
  const hear = (error: unknown): void => void unhandled.push(error)
  process.on('unhandledRejection', hear)
  try {
    const [ensured, other] = await Promise.all([
      fleet.ensure(member, { onEvent }),
      fleet.ensure(member, { onEvent: ({ type }) => void heard.push(type) }),
    ])
    expect(ensured).toEqual({ applied: ['main:r2', 'main:r3'], warnings: [complaint] })
    expect(other).toEqual({ applied: ['main:r2', 'main:r3'] })
    expect(heard.filter((type) => type === 'stepFinished')).toHaveLength(chain.length - 1)
    await sleep(5)
    expect(unhandled).toEqual([])
  } finally {
    process.off('unhandledRejection', hear)
  }
})
