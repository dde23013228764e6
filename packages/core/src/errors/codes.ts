import { compileRemedies, type CompileErrors } from './catalogue/compile.ts'
import { executeRemedies, type ExecuteErrors } from './catalogue/execute.ts'
import { graphRemedies, type GraphErrors } from './catalogue/graph.ts'
import { loadRemedies, type LoadErrors } from './catalogue/load.ts'
import { operationRemedies, type OperationErrors } from './catalogue/operations.ts'
import { planRemedies, type PlanErrors } from './catalogue/plan.ts'
import { programRemedies, type ProgramErrors } from './catalogue/program.ts'

/** Every code with the shape of its `details`. */
export type ErrorDetails = GraphErrors &
  LoadErrors &
  OperationErrors &
  PlanErrors &
  CompileErrors &
  ExecuteErrors &
  ProgramErrors

export type ErrorCode = keyof ErrorDetails

/** What to do next, in general; an error may carry a remedy that knows the case better. */
export const remedies: { readonly [C in ErrorCode]: string } = {
  ...graphRemedies,
  ...loadRemedies,
  ...operationRemedies,
  ...planRemedies,
  ...compileRemedies,
  ...executeRemedies,
  ...programRemedies,
}

/** The closed catalogue, sorted. */
export const errorCodes = Object.keys(remedies).sort() as ErrorCode[]
