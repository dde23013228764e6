import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { filesOf, makeRevision, type NewRevisionSettings, reportMade } from '../new-files/make-revision.ts'

export interface RevisionSettings extends NewRevisionSettings {
  readonly head?: string
  readonly versionPath?: string
  readonly dependsOn?: readonly string[]
  readonly sqlFile?: true
}

/** Makes a new revision's file. No database is asked. */
export async function revision(context: CommandContext, settings: RevisionSettings): Promise<ExitCode> {
  const { message, revId, branchLabel, splice, head, versionPath, dependsOn, sqlFile } = settings
  const opened = await context.open()
  const made = await makeRevision(context, {
    ...(await filesOf(opened)),
    opened,
    ...(versionPath === undefined ? {} : { versionPath }),
    inSql: sqlFile === true,
    options: {
      ...(message === undefined ? {} : { message }),
      ...(revId === undefined ? {} : { revision: revId }),
      ...(branchLabel === undefined ? {} : { branchLabels: branchLabel }),
      ...(splice === undefined ? {} : { splice }),
      ...(head === undefined ? {} : { head }),
      ...(dependsOn === undefined ? {} : { dependsOn }),
    },
  })
  reportMade(context, made)
  return exitCodes.done
}
