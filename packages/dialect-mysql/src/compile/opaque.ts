import { authoredStatements, requireOneStatement } from '@org/migrate-core/dialect'
import { classify, grammar } from '../sql/classify.ts'
import { createsProgram, programSettings } from '../sql/program-modes.ts'
import { quote } from '../sql/quote.ts'

/** DDL of the author commits as ours does. */
export const opaqueStatements = authoredStatements('mysql', { quote, grammar, classify }, (sql) => {
  requireOneStatement(sql, grammar)
  return {
    ...(classify(sql) === 'ddl' ? { commits: true } : {}),
    ...(createsProgram(sql) ? { settings: programSettings } : {}),
  }
})
