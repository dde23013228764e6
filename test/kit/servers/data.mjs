// A server's first data folder takes seconds to make, and a copy of it does not: each program's is kept.
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { giveTree, ownFolder } from './account.mjs'
import { once } from './cache.mjs'

/** Raised where data folders are made in another way. */
const revision = 2

/** Fills `target` with new data for that program; `initialise(folder, workFolder)` makes it the first time. */
export async function createData(program, target, { workFolder, initialise }) {
  const parts = [revision, program.version, ...program.command, process.arch]
  const hash = createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 12)
  const folder = await once(`data-${program.kind}-${hash}`, {
    make: async (at) => {
      const created = ownFolder(join(workFolder, 'first'))
      await initialise(created, workFolder)
      cpSync(created, join(at, 'data'), { recursive: true, verbatimSymlinks: true })
      rmSync(created, { recursive: true, force: true })
    },
  })
  mkdirSync(target, { recursive: true })
  await cp(join(folder, 'data'), target, { recursive: true, verbatimSymlinks: true })
  giveTree(target)
}
