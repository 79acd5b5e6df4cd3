using MedSeg.Labels;

namespace MedSeg.PowerShell;

/// <summary>The base of the commands that continue after problems of single files.</summary>
public abstract class ProblemCmdlet : MedSegCmdlet
{
    /// <summary>Reports problems of files, after which the command continues. Those of one kind are reported once; -Verbose shows the others.</summary>
    /// <param name="problems">The problems.</param>
    protected void Report(IEnumerable<LabelProblem> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        foreach (IGrouping<(LabelSeverity Severity, string Code), LabelProblem> alike in problems.GroupBy(problem => (problem.Severity, problem.Code)))
        {
            LabelProblem[] others = [.. alike.Skip(1)];
            LabelProblem first = alike.First();
            LabelProblem problem = others.Length == 0 ? first : first with { Message = $"{first.Message} The same was found {(others.Length == 1 ? "once more" : $"{others.Length} more times")}; -Verbose shows where." };
            Array.ForEach(others, other => WriteVerbose(other.Text));
            if (problem.Severity == LabelSeverity.Error)
            {
                WriteError(ToRecord(problem, MyInvocation.MyCommand.Name));
            }
            else if (problem.Severity == LabelSeverity.Warning)
            {
                WriteWarning(problem.Text);
            }
            else
            {
                WriteVerbose(problem.Text);
            }
        }
    }
}
