import { readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { filePath, Project, root, untimed } from './project.ts'

/** A configuration that says where the schema is declared, and how it is compared. */
export const configWith = (autogenerate: string): string => `import { defineConfig } from '@org/cli'
export default defineConfig({
  url: process.env.APP_URL ?? 'sqlite:./app.db',
  migrations: './migrations',
  autogenerate: { ${autogenerate} },
})
`

/** A project with Drizzle installed, whose schema is declared in schema.ts. */
export function declaringProject(files: Readonly<Record<string, string>> = {}): Project {
  const project = new Project({ 'migrate.config.ts': configWith("schema: './schema.ts'"), ...files })
  symlinkSync(join(root, 'test/node_modules/drizzle-orm'), join(project.folder, 'node_modules/drizzle-orm'))
  return project
}

/** The names of the revision files. */
export function revisionFiles({ folder }: Project): readonly string[] {
  try {
    return readdirSync(join(folder, 'migrations')).map(untimed).toSorted()
  } catch {
    return []
  }
}

export function textOf({ folder }: Project, ...path: readonly string[]): string {
  return readFileSync(filePath(folder, join(...path)), 'utf8')
}
