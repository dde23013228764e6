import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { counts } from '../../kit/scale.ts'
import { newFolder } from './kit.ts'

let folder: string
beforeEach(() => {
  folder = newFolder()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const program = fileURLToPath(new URL('./memory-process.mjs', import.meta.url))

/** Without machine code: until all that is hot is compiled, 2,500 members on, it takes 2 MB, and none of it is theirs. */
const flags = ['--expose-gc', '--no-opt']

const heapOf = (members: number): number =>
  Number(execFileSync(process.execPath, [...flags, program, `${folder}/${members}`, String(members)]).toString())

it('The memory of a run is flat in the number of members', () => {
  expect(heapOf(counts.fleetFiles) / heapOf(100)).toBeLessThan(1.2)
})
