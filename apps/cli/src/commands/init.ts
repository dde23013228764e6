import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MigrateError } from '@org/migrate-core'
import { configNames } from '../config.ts'
import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'

const config = `import { defineConfig } from '@org/cli'

export default defineConfig({
  url: process.env.DATABASE_URL ?? 'sqlite:app.db',
  migrations: './migrations',
})
`

/** A configuration and a folder for revisions, where the caller stands. What is there is never overwritten. */
export async function init(context: CommandContext): Promise<ExitCode> {
  const { folder } = context.caller
  const present = configNames.map((name) => join(folder, name)).find((file) => existsSync(file))
  if (present !== undefined) {
    const problem = `${present} is there already`
    throw new MigrateError('USAGE', { problem }, problem, {
      remedy: 'Edit that file, or call `migrate init` in another folder.',
    })
  }
  const file = join(folder, 'migrate.config.ts')
  const migrations = join(folder, 'migrations')
  try {
    mkdirSync(migrations, { recursive: true })
    // `wx`: whoever made the file since we looked keeps it.
    writeFileSync(file, config, { flag: 'wx' })
  } catch (cause) {
    const why = (cause as Error).message
    throw new MigrateError('FILE_NOT_WRITTEN', { file, why }, `Nothing can be made in ${folder}: ${why}`, {
      cause,
      remedy: 'Call `migrate init` in a folder that you may write to.',
    })
  }
  context.report.answer({ config: file, migrations }, () => `made ${file}\nmade ${migrations}\n`.trimEnd())
  return exitCodes.done
}
