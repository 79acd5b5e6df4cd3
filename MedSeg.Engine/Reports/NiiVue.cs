using MedSeg.Errors;
using MedSeg.Reports.Html;

namespace MedSeg.Reports;

/// <summary>The viewer NiiVue, which is part of builds that were made with it (<c>dotnet build -p:NiiVue=true</c>).</summary>
public static class NiiVue
{
    private const string Script = "NiiVue.js";
    private const string Licence = "NiiVue.txt";

    /// <summary>Gets a value indicating whether this build contains NiiVue.</summary>
    public static bool IsIncluded => PageResource.Exists(Script);

    /// <summary>Refuses an interactive page in a build without NiiVue.</summary>
    /// <exception cref="MedSegException"><c>NiiVueMissing</c>.</exception>
    public static void Require()
    {
        if (!IsIncluded)
        {
            throw new MedSegException(ErrorKind.NotFound, ErrorIds.NiiVueMissing, "This build of MedSeg does not contain the viewer NiiVue, which interactive reports need.")
            {
                Advice = "Build MedSeg with 'dotnet build -p:NiiVue=true', which needs npm and network once, or leave out -Interactive.",
            };
        }
    }

    /// <summary>Returns the scripts of a page with the viewer: NiiVue with its licence, which goes wherever it goes, and the script that uses it.</summary>
    /// <exception cref="MedSegException"><c>NiiVueMissing</c>.</exception>
    internal static IReadOnlyList<string> Scripts()
    {
        Require();
        return [$"/*\n{PageResource.Read(Licence)}*/\n{PageResource.Read(Script)}", PageResource.Read("Viewer.js")];
    }
}
