namespace MedSeg.Inference.Output;

/// <summary>
/// The codes of common ROIs, in the order in which names are compared with them. Codes and meanings are those of DICOM PS3.16 (CID 7150,
/// 7166, 7153, 7159 and the anatomic regions of annex L); vertebrae have the codes that 3D Slicer uses.
/// </summary>
internal static class SegmentCodeTable
{
    private static readonly CodedTerm s_abnormal = new("49755003", "SCT", "Morphologically Abnormal Structure");
    private static readonly CodedTerm s_muscle = new("71616004", "SCT", "Muscle");

    private static readonly (string Level, string Code)[] s_vertebrae =
    [
        ("C1", "14806007"), ("C2", "39976000"), ("C3", "113205007"), ("C4", "5329002"), ("C5", "36978003"), ("C6", "36054005"), ("C7", "87391001"),
        ("T10", "7610001"), ("T11", "12989004"), ("T12", "23215003"),
        ("T1", "64864005"), ("T2", "53733008"), ("T3", "1626008"), ("T4", "73071006"), ("T5", "56401006"), ("T6", "45296009"), ("T7", "62487009"), ("T8", "11068009"), ("T9", "82687006"),
        ("L1", "66794005"), ("L2", "14293000"), ("L3", "36470004"), ("L4", "11994002"), ("L5", "49668003"),
    ];

    /// <summary>Gets the codes.</summary>
    public static IReadOnlyList<SegmentCode> Codes { get; } =
    [
        Abnormal("*cyst*", "367643001", "Cyst"), Abnormal("*tumo?r*", "108369006", "Neoplasm"), Abnormal("*tumor*", "108369006", "Neoplasm"), Abnormal("*neoplasm*", "108369006", "Neoplasm"),
        Abnormal("*lesion*", "52988006", "Lesion"), Abnormal("mass", "4147007", "Mass"),
        Tissue("*fat", "248300009", "Body fat"), Tissue("*fat *", "248300009", "Body fat"), Tissue("*adipose*", "248300009", "Body fat"),
        Structure("*erector*", "44947003", "Erector spinae muscle"), Structure("*iliopsoas*", "68455001", "Iliopsoas muscle"),
        .. Muscles("psoas", "multifid", "quadratus", "iliacus", "iliocostalis", "longissimus", "spinalis", "gluteus", "rectus", "vastus", "semispinalis", "trapezius", "muscle", "musculus", "muskel"),
        .. s_vertebrae.SelectMany(vertebra => new[]
        {
            Structure($"vertebra* {vertebra.Level}", vertebra.Code, $"{vertebra.Level} vertebra"),
            Structure($"{vertebra.Level} vertebra*", vertebra.Code, $"{vertebra.Level} vertebra"),
        }),
        Structure("*vertebral canal*", "61853006", "Vertebral canal"), Structure("*spinal canal*", "61853006", "Vertebral canal"), Structure("*spinal cord*", "2748008", "Spinal cord"),
        Structure("*vertebra*", "51282000", "Vertebra"), Structure("*sacrum*", "54735007", "Sacrum"),
        Structure("*femur*", "71341001", "Femur"), Structure("*tibia*", "12611008", "Tibia"), Structure("*fibula*", "87342007", "Fibula"), Structure("*patella*", "64234005", "Patella"),
        Structure("*liver*", "10200004", "Liver"), Structure("*kidney*", "64033007", "Kidney"), Structure("*spleen*", "78961009", "Spleen"), Structure("*pancreas*", "15776009", "Pancreas"),
        Structure("*aorta*", "15825003", "Aorta"), Structure("*heart*", "80891009", "Heart"), Structure("*lung*", "39607008", "Lung"), Structure("*brain*", "12738006", "Brain"),
        Structure("*bladder*", "89837001", "Bladder"), Structure("*prostate*", "41216001", "Prostate"),
        Tissue("*bone*", "272673000", "Bone"), Tissue("*cartilage*", "309312004", "Cartilage"), Tissue("*ligament*", "52082005", "Ligament"), Tissue("*tendon*", "13024002", "Tendon"),
        Tissue("*meniscus*", "74135004", "Meniscus"), Tissue("*nerve*", "119410002", "Nerve"), Tissue("*artery*", "51114001", "Artery"), Tissue("*vein*", "29092000", "Vein"), Tissue("skin", "39937001", "Skin"),
    ];

    private static SegmentCode Structure(string name, string code, string meaning) => new(name, new CodedTerm(code, "SCT", meaning));

    private static SegmentCode Tissue(string name, string code, string meaning) => Structure(name, code, meaning) with { Category = CodedTerm.Tissue };

    private static SegmentCode Abnormal(string name, string code, string meaning) => Structure(name, code, meaning) with { Category = s_abnormal };

    private static IEnumerable<SegmentCode> Muscles(params string[] names) => names.Select(name => new SegmentCode($"*{name}*", s_muscle) { Category = CodedTerm.Tissue });
}
