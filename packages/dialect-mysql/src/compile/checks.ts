import { type CompileTable, noneExpected } from '@org/migrate-core/dialect'
import { classify, grammar } from '../sql/classify.ts'
import { quote } from '../sql/quote.ts'

export const checkStatements: Pick<CompileTable, 'expectNone'> = {
  expectNone: ({ operation: { what, query } }) => [
    noneExpected(what, typeof query === 'string' ? query : query.mysql, { quote, grammar, classify }),
  ],
}
