import type { CommandContext } from '../../context.ts'
import { cleanValue } from '../../pages/clean.ts'
import { isReport } from '../../pages/whole-page.ts'
import { outputPath, writeOutput } from '../../running/output-file.ts'
import type { ReportData } from './data.ts'
import { reportPage } from './page/document.ts'

/** The page, without the secrets that are known. The diagram was drawn without them. */
export function pageOf(context: CommandContext, data: ReportData): string {
  const { diagram, ...rest } = data
  return reportPage({ ...cleanValue(rest, context.scrub), ...(diagram === undefined ? {} : { diagram }) })
}

/** Writes a report; only another report is replaced. Throws FILE_NOT_WRITTEN. */
export function writeReport(context: CommandContext, out: string, page: string): Promise<string> {
  return writeOutput(context, outputPath(context, out), page, isReport)
}
