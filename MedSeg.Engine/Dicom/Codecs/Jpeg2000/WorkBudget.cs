namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>
/// Limits the steps that consume no bytes of the codestream, so that a damaged header cannot keep the decoder busy
/// forever. Real images need a small part of it.
/// </summary>
/// <param name="length">The length of the codestream in bytes.</param>
internal sealed class WorkBudget(int length)
{
    private const long FreeSteps = 1 << 24;
    private const int StepsPerByte = 64;

    private long _left = FreeSteps + ((long)StepsPerByte * length);

    /// <summary>Uses up steps of the budget.</summary>
    /// <exception cref="CodestreamException">It is exhausted.</exception>
    public void Spend(long steps, int offset)
    {
        _left -= steps;
        if (_left < 0)
        {
            throw new CodestreamException("the stream describes far more packets or coding passes than its length allows: it is damaged", offset);
        }
    }
}
