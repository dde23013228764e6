import type { Dialect } from '../../dialect/dialect.ts'
import type { SchemaModel } from '../../model/schema-model.ts'
import { type Sheet, scriptParts } from './sheet.ts'

/** The transactions of a script, as a run opens and ends them. */
export interface ScriptTransaction {
  begin(): void
  end(): void
}

/** `off`: the schema that the transaction ends with, where it runs with foreign keys off. */
export function scriptTransaction(dialect: Dialect, sheet: Sheet, off: SchemaModel | undefined): ScriptTransaction {
  const { open, close } = dialect.scriptFrame({})
  const unchecked = off === undefined ? undefined : scriptParts(dialect).unchecked?.(off)
  const write = (lines: readonly string[] = []): void => {
    for (const line of lines) sheet.sql(line)
  }
  let begun = false
  return {
    begin() {
      if (begun) return
      begun = true
      write(unchecked?.before)
      // Its settings stand at the beginning of the script.
      write(open.slice(-1))
      write(unchecked?.afterBegin)
    },
    end() {
      if (!begun) return
      begun = false
      write(unchecked?.beforeCommit)
      write(close)
      write(unchecked?.after)
    },
  }
}
