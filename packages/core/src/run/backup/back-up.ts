import { resolve } from 'node:path'
import type { BackupPurpose, ServerBackup } from '../../dialect/backup.ts'
import type { Session } from '../../dialect/session.ts'
import { MigrateError } from '../../errors/migrate-error.ts'
import { present } from '../../model/edit.ts'
import type { BackupCommand } from '../../options/migrator-options.ts'
import type { ResolvedOptions } from '../../options/resolve-options.ts'
import { endOf, refusedBackup, sizeOf, writeBackupFile } from './backup-file.ts'
import { keepSessionAlive } from './keep-session-alive.ts'
import { type EndedProgram, runProgram } from './run-program.ts'

/** What the programs of one backup have in common. */
export interface BackupCall {
  readonly purpose: BackupPurpose
  /** What the program reads from its input. */
  readonly inputFile?: string
  readonly database: string
  readonly environment: ServerBackup['environment']
  readonly signal: AbortSignal
}

/** The end of what a program printed says what went wrong. */
const mostOutput = 20_000
/** Passwords shorter than this would take ordinary words apart. */
const shortestSecret = 4
const passwordVariables = ['PGPASSWORD', 'MYSQL_PWD']

function withoutSecrets(output: string, { environment }: BackupCall): string {
  const secrets = passwordVariables.flatMap((name) => environment[name] ?? [])
  return secrets
    .filter((secret) => secret.length >= shortestSecret)
    .reduce((text, secret) => text.replaceAll(secret, '***'), output)
}

/** What to do, by what programs of all servers print. */
function remedyOf({ purpose }: BackupCall, output: string): string | undefined {
  if (/no space left|file too large|errno \d+ on write/i.test(output))
    return 'Make room for a copy of the database and see that the folder can be written, then run it again.'
  if (/server version mismatch/i.test(output)) return olderRemedies[purpose]
  if (/permission denied|access denied|command denied|insufficient privilege|row-level security/i.test(output))
    return unreadableRemedies[purpose]
  return undefined
}

type Remedies = { readonly [P in BackupPurpose]: string }

/** A copy is made by the client of the server alone: `backupCommand` names nothing that loads what it wrote. */
const olderRemedies: Remedies = {
  backup:
    'Install the client of the version of the server, or set `backupCommand` in the configuration to the one that fits.',
  copy: 'Install the client of the version of the server.',
}
const unreadableRemedies: Remedies = {
  backup:
    'Let the user of the migrations read all of the database (docs/guides/deployment.md has the rights), or set `backupCommand` to a program with another user.',
  copy: 'Let the user of the migrations read all of the database (docs/guides/deployment.md has the rights).',
}

function failed(call: BackupCall, program: string, why: string, remedy?: string): MigrateError<'BACKUP_FAILED'> {
  const { purpose, database } = call
  const message = `The ${purpose} of ${database} failed: ${program}: ${why}. Nothing was changed.`
  const options = remedy === undefined ? {} : { remedy }
  return new MigrateError('BACKUP_FAILED', { database, program, why }, message, options)
}

function missing(call: BackupCall, names: readonly string[], inPackage: string): MigrateError<'BACKUP_FAILED'> {
  const [program = ''] = names
  const remedy =
    call.purpose === 'copy'
      ? `Install ${inPackage}.`
      : `Install ${inPackage}, or set \`backupCommand\` in the configuration.`
  return failed(call, program, `${names.join(' and ')} ${names.length > 1 ? 'are' : 'is'} not on PATH`, remedy)
}

/** Throws BACKUP_FAILED, and the signal's reason. */
export async function runBackupProgram(
  call: BackupCall,
  program: string,
  args: readonly string[] | undefined,
  purpose = program,
): Promise<void> {
  const ended = await start(call, program, args)
  if (ended.why === undefined) return
  const output = withoutSecrets(ended.output, call)
  throw failed(call, purpose, [ended.why, output].filter(Boolean).join(': '), remedyOf(call, output))
}

async function start(call: BackupCall, exec: string, args: readonly string[] | undefined): Promise<EndedProgram> {
  const { environment, signal, inputFile } = call
  signal.throwIfAborted()
  const ended = await runProgram({ exec, ...present({ args, inputFile }), environment, signal })
  signal.throwIfAborted()
  return { ...ended, output: ended.output.slice(-mostOutput).trim() }
}

async function byCommand(call: BackupCall, command: BackupCommand, part: string): Promise<void> {
  const own = { ...call, environment: { ...call.environment, BACKUP_FILE: part } }
  await runBackupProgram(own, command.run, undefined, '`backupCommand.run`')
  if ((await sizeOf(part)) === 0) {
    const remedy = 'Have the command write the backup into the file that $BACKUP_FILE names.'
    throw failed(own, '`backupCommand.run`', 'it left the file of $BACKUP_FILE empty', remedy)
  }
  await runBackupProgram(own, command.verify, undefined, '`backupCommand.verify`')
}

interface CandidateProgram {
  readonly program: string
  readonly refuses?: ServerBackup['programs'][number]['refuses']
}

/** The first of these programs that is installed and fits the server. Throws BACKUP_FAILED. */
export async function chooseProgram<P extends CandidateProgram>(
  call: BackupCall,
  programs: readonly P[],
  inPackage: string,
): Promise<P> {
  let refused: MigrateError | undefined
  for (const each of programs) {
    const { output, isMissing, why } = await start(call, each.program, ['--version'])
    if (isMissing) continue
    if (why !== undefined) throw failed(call, each.program, `${why}: ${withoutSecrets(output, call)}`)
    const refusal = each.refuses?.(output)
    if (refusal === undefined) return each
    refused ??= failed(call, each.program, refusal, olderRemedies[call.purpose])
  }
  if (refused !== undefined) throw refused
  throw missing(
    call,
    programs.map(({ program }) => program),
    inPackage,
  )
}

async function byProgram(call: BackupCall, backup: ServerBackup, part: string): Promise<void> {
  const { proof } = backup
  const { program, arguments: argumentsFor } = await chooseProgram(call, backup.programs, backup.package)
  if (proof.by === 'program') {
    const { isMissing } = await start(call, proof.program, ['--version'])
    if (isMissing) throw missing(call, [proof.program], backup.package)
  }
  await runBackupProgram(call, program, argumentsFor(part, call.purpose))
  if (proof.by === 'program') return runBackupProgram(call, proof.program, proof.arguments(part))
  const lastLine = (await endOf(part, 1_000)).trimEnd().split('\n').at(-1) ?? ''
  if (!proof.line.test(lastLine))
    throw failed(call, program, 'what it wrote does not end as a whole dump does', 'Run it again.')
}

/** A backup that was written and proven. */
interface WrittenBackup {
  /** An absolute path. */
  readonly file: string
  readonly bytes: number
  /** The line of a shell that restores it. */
  readonly restore?: string
}

async function writtenBackup(name: string, restore: string | undefined): Promise<WrittenBackup> {
  const file = resolve(name)
  return { file, bytes: await sizeOf(file), ...(restore === undefined ? {} : { restore }) }
}

/**
 * Writes a proven copy of the database into a new file, by `backupCommand`, the session or the server's own client, in this order. Throws
 * INVALID_OPTION, BACKUP_FAILED, and the signal's reason.
 */
export async function backUp(
  { dialect, backupCommand: configured }: ResolvedOptions,
  session: Session,
  file: string,
  signal: AbortSignal,
  purpose: BackupPurpose = 'backup',
): Promise<WrittenBackup> {
  const backupCommand = purpose === 'copy' ? undefined : configured
  if (backupCommand === undefined && session.backup !== undefined) {
    return writtenBackup(file, await session.backup(file, signal))
  }
  const { database, backup: backupOf } = dialect.connection
  const backup = await backupOf?.(session)
  if (backupCommand === undefined) {
    const why = backup === undefined ? `no program makes a backup of ${database}` : backup.unsupported
    if (why !== undefined) throw refusedBackup(why, 'Set `backupCommand` in the configuration.')
  }
  await writeBackupFile(file, (part) =>
    keepSessionAlive(session, signal, async (whole) => {
      const call = { purpose, database, environment: backup?.environment ?? {}, signal: whole }
      if (backupCommand !== undefined) return byCommand(call, backupCommand, part)
      if (backup !== undefined) return byProgram(call, backup, part)
    }),
  )
  return writtenBackup(file, backupCommand === undefined ? backup?.restore(resolve(file)) : undefined)
}
