import type { DeclarationKind } from '@org/migrate-autogenerate'
import { declarationFor } from '../../autogenerate/sources.ts'
import { textIn } from '../../new-files/recognise/source-text.ts'
import type { Project } from '../../wiring.ts'

const importsDrizzle = /from\s+['"]drizzle-orm\b/

/** Drizzle where the file to write, or a file that the configuration names as its schema, is declared with it. */
export function declarationKind({ loaded, dialect }: Project, file: string | undefined): DeclarationKind {
  const { autogenerate } = loaded.config
  const declared = autogenerate && declarationFor(dialect.name, autogenerate.schema)
  const named = (Array.isArray(declared) ? declared : [declared]).filter((path) => typeof path === 'string')
  const files = [...(file === undefined ? [] : [file]), ...named]
  const isDrizzle = files.some((path) => importsDrizzle.test(textIn(loaded.folder, path) ?? ''))
  return isDrizzle || autogenerate?.casing !== undefined ? 'drizzle' : 'table'
}
