import { rm, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { MigrateError } from '@org/migrate-core'
import { codeOf } from '@org/migrate-core/dialect'
import type { FleetMember } from '@org/migrate-fleet'
import { usage } from '../usage.ts'
import type { OpenFleet } from './open-fleet.ts'

/** Throws USAGE for a member that is not listed. */
export async function findMember({ members }: OpenFleet, id: string): Promise<FleetMember> {
  for await (const member of typeof members === 'function' ? await members() : members) {
    if (member.id === id) return member
  }
  throw usage(`the fleet has no member ${id}`, 'Add it to what `fleet.members` lists first.')
}

/**
 * The same of a member that is to be created. A pattern finds only files that exist: its empty file, which SQLite takes for an empty
 * database, is made first, and removed where the pattern does not find it. Throws USAGE.
 */
export async function findNewMember(open: OpenFleet, id: string): Promise<FleetMember> {
  if (open.folderOfFiles === undefined) return findMember(open, id)
  const file = resolve(open.folderOfFiles, id)
  const unwritten: unknown = await writeFile(file, '', { flag: 'wx' }).catch((error: unknown) => error)
  try {
    return await findMember(open, id)
  } catch (error) {
    if (unwritten === undefined) await rm(file)
    const isRefused = unwritten !== undefined && codeOf(unwritten) !== 'EEXIST'
    const problem = `the pattern of \`fleet.members\` finds no file ${id}`
    throw new MigrateError('USAGE', { problem }, problem, {
      cause: isRefused ? unwritten : error,
      remedy: 'Name a file as the pattern finds it, from the folder of the configuration, in a folder that exists.',
    })
  }
}
