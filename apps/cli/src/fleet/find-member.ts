import { rm, stat, writeFile } from 'node:fs/promises'
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

/** A member that is to be created. */
interface NewMember {
  readonly member: FleetMember
  /** After a failure: a file that was made here and is still empty is removed, as the pattern would find a member in it. */
  withdraw(): Promise<void>
  /** Throws DATABASE_UNREACHABLE where the call that made the file has removed it meanwhile. */
  requirePresent(): Promise<void>
}

/**
 * The same of a member that is to be created. A pattern finds only files that exist: its empty file, which SQLite takes for an empty
 * database, is made first, and removed where the pattern does not find it. Throws USAGE.
 */
export async function findNewMember(open: OpenFleet, id: string): Promise<NewMember> {
  const nothing = async (): Promise<void> => undefined
  if (open.folderOfFiles === undefined)
    return { member: await findMember(open, id), withdraw: nothing, requirePresent: nothing }
  const file = resolve(open.folderOfFiles, id)
  const unwritten: unknown = await writeFile(file, '', { flag: 'wx' }).catch((error: unknown) => error)
  const isWritten = unwritten === undefined
  try {
    const member = await findMember(open, id)
    return {
      member,
      withdraw: async () => {
        if (isWritten && (await stat(file)).size === 0) await rm(file)
      },
      requirePresent: async () => {
        if (!isWritten) await open.fleet.history(member)
      },
    }
  } catch (error) {
    if (isWritten) await rm(file)
    const isRefused = !isWritten && codeOf(unwritten) !== 'EEXIST'
    const problem = `the pattern of \`fleet.members\` finds no file ${id}`
    throw new MigrateError('USAGE', { problem }, problem, {
      cause: isRefused ? unwritten : error,
      remedy: 'Name a file as the pattern finds it, from the folder of the configuration, in a folder that exists.',
    })
  }
}
