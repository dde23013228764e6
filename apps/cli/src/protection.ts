import { MigrateError } from '@org/migrate-core'
import type { Project } from './wiring.ts'

/** Why a database is protected; undefined: it is not. Nothing is connected to. */
function whyProtected({ dialect, loaded, connectionTarget }: Project): string | undefined {
  const { protected: configured } = loaded.config
  if (configured === true) return 'the configuration says `protected: true`'
  const { remoteHost } = dialect.connection
  if (remoteHost === undefined) return undefined
  const isElsewhere = `it is on ${remoteHost}, not on this machine`
  if (configured === undefined) return isElsewhere
  // What the configuration says, it says of its own database.
  return connectionTarget.from === 'flag' ? `${isElsewhere}, and --url names it` : undefined
}

export const isProtected = (project: Project): boolean => whyProtected(project) !== undefined

/** Throws DATABASE_PROTECTED. No option and no variable of the environment takes a database out of it. */
export function refuseProtected(project: Project, command: string): void {
  const why = whyProtected(project)
  if (why === undefined) return
  const { remoteHost: host } = project.dialect.connection
  const details = { database: project.database, command, ...(host === undefined ? {} : { host }) }
  const message = `\`migrate ${command}\` does not run on ${project.database}: ${why}`
  throw new MigrateError('DATABASE_PROTECTED', details, message)
}
