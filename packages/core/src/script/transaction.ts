import type { Dialect } from '../dialect/dialect.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import { type ScriptWriter, scriptParts } from './script-writer.ts'

/** The transactions of a script, as a run opens and ends them. */
export interface ScriptTransaction {
  begin(): void
  end(): void
}

/** `off`: the schema that the transaction ends with, where it runs with foreign keys off. */
export function scriptTransaction(
  dialect: Dialect,
  writer: ScriptWriter,
  off: SchemaModel | undefined,
): ScriptTransaction {
  const { open, close } = dialect.scriptFrame({})
  const unchecked = off === undefined ? undefined : scriptParts(dialect).unchecked?.(off)
  const write = (lines: readonly string[] = []): void => {
    for (const line of lines) writer.sql(line)
  }
  let isOpen = false
  return {
    begin() {
      if (isOpen) return
      isOpen = true
      write(unchecked?.before)
      // Its settings stand at the beginning of the script.
      write(open.slice(-1))
      write(unchecked?.afterBegin)
    },
    end() {
      if (!isOpen) return
      isOpen = false
      write(unchecked?.beforeCommit)
      write(close)
      write(unchecked?.after)
    },
  }
}
