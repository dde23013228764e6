import { createRequire as requireFrom } from 'node:module'
import { fileURLToPath } from 'node:url'
import { thrownMessage, thrownStack } from '../../errors/thrown-value.ts'

/** A name that a module imports and the other one does not export. */
interface MissingExport {
  /** The importing file with the line of the import. */
  readonly location: string
  /** The file that does not export it. */
  readonly from: string
  readonly name: string
}

const refusal = /^The requested module '(.+)' does not provide an export named '(.+)'$/
/** Node writes the importing file in front of the stack of this error. */
const importer = /^(file:.*):(\d+)\n/

/** Undefined where the error is another one, or Node does not say where it came upon it. */
export function missingExport(error: unknown): MissingExport | undefined {
  const [, specifier, name] = refusal.exec(thrownMessage(error)) ?? []
  const [, url, line] = importer.exec(thrownStack(error)) ?? []
  if (specifier === undefined || name === undefined || url === undefined) return undefined
  try {
    const isUrl = /^(?:\.{0,2}\/|file:)/.test(specifier)
    const from = isUrl ? fileURLToPath(new URL(specifier, url)) : requireFrom(url).resolve(specifier)
    return { location: `${fileURLToPath(url)}:${line}`, from, name }
  } catch {
    // What neither a path nor `require` leads to is no file of CommonJS.
    return undefined
  }
}
