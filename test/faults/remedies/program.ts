import { rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ErrorCode, MigrateError } from '@org/migrate-core'
import { configWith } from '../../cli/autogenerate-kit.ts'
import { ensureBuilt, Project, type RunSettings, revision, root } from '../../cli/project.ts'
import type { Sandbox } from './scenario.ts'

interface Failure {
  readonly code: ErrorCode
  readonly message: string
  readonly remedy: string
  readonly details: never
}

const projects = new Map<string, Project>()

/** A project with the command line installed, in a folder of its own; it goes away with the folder of the scenario. */
export function projectOf(sandbox: Sandbox, files: Readonly<Record<string, string>> = {}): Project {
  let project = projects.get(sandbox.folder)
  if (project === undefined) {
    ensureBuilt()
    project = new Project({
      'migrations/a1_first.ts': revision(
        'a1',
        null,
        '  op.createTable("t", (t) => { t.column("id", integer(), { nullable: false }); t.primaryKey(["id"]) })',
      ),
    })
    projects.set(sandbox.folder, project)
  }
  project.put(files)
  return project
}

export function removeProjects(): void {
  for (const project of projects.values()) project.remove()
  projects.clear()
}

/** Runs the command line; what it answers as its error is thrown. */
export const command = (sandbox: Sandbox, ...args: readonly string[]) => commandIn(sandbox, args, {})

export function commandIn(sandbox: Sandbox, args: readonly string[], settings: RunSettings): Record<string, unknown> {
  const answer = projectOf(sandbox).json(args, settings)
  const error = answer.error as Failure | undefined
  if (error === undefined) return answer
  throw new MigrateError(error.code, error.details, error.message, { remedy: error.remedy })
}

/** What `check`, `status` or `doctor` says is to be done next: thrown while it is among it. */
export const advised = (sandbox: Sandbox, advice: string, ...args: readonly string[]) =>
  advisedIn(sandbox, advice, args, {})

export function advisedIn(sandbox: Sandbox, advice: string, args: readonly string[], settings: RunSettings): void {
  const answer = projectOf(sandbox).json(args, settings)
  if (!JSON.stringify(answer).includes(JSON.stringify(advice).slice(1, -1))) return
  throw new MigrateError('USAGE', { problem: args.join(' ') }, args.join(' '), { remedy: advice })
}

/** A project whose schema is declared in schema.ts, with Drizzle installed. */
export function declaring(sandbox: Sandbox, schema: string): void {
  const project = projectOf(sandbox, { 'migrate.config.ts': configWith("schema: './schema.ts'"), 'schema.ts': schema })
  const drizzle = join(project.folder, 'node_modules/drizzle-orm')
  rmSync(drizzle, { force: true })
  symlinkSync(join(root, 'test/node_modules/drizzle-orm'), drizzle)
}

export const put = (sandbox: Sandbox, name: string, text: string): void =>
  writeFileSync(join(projectOf(sandbox).folder, name), text)
