import { type AutogenerateErrors, autogenerateRemedies } from './catalogue/autogenerate.ts'
import { type CompileErrors, compileRemedies } from './catalogue/compile.ts'
import { type ExecuteErrors, executeRemedies } from './catalogue/execute.ts'
import { type GraphErrors, graphRemedies } from './catalogue/graph.ts'
import { type LoadErrors, loadRemedies } from './catalogue/load.ts'
import { type OperationErrors, operationRemedies } from './catalogue/operations.ts'
import { type PlanErrors, planRemedies } from './catalogue/plan.ts'
import { type ProgramErrors, programRemedies } from './catalogue/program.ts'

/** Every code with the shape of its `details`. */
export type ErrorDetails = AutogenerateErrors &
  GraphErrors &
  LoadErrors &
  OperationErrors &
  PlanErrors &
  CompileErrors &
  ExecuteErrors &
  ProgramErrors

export type ErrorCode = keyof ErrorDetails

/** What to do next, in general; an error may carry a remedy that knows the case better. */
export const remedies: { readonly [C in ErrorCode]: string } = {
  ...autogenerateRemedies,
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
