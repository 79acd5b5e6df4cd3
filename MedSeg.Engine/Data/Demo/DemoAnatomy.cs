namespace MedSeg.Data.Demo;

/// <summary>
/// The cross-section of one slice: an axial view of the lumbar spine, seen from the feet, so that the patient's left
/// is on the image's right and the back is below. The half side of the image is 1.
/// </summary>
internal sealed class DemoAnatomy
{
    // A thin layer of fat around each ROI separates it from neighbouring muscles.
    private const double FasciaEnd = 1.07;

    private readonly DemoShape _body;
    private readonly DemoShape _belowFat;
    private readonly DemoShape _vertebra;
    private readonly DemoShape _canal;
    private readonly DemoShape _spinousProcess;
    private readonly DemoShape[] _arch;
    private readonly DemoShape[] _roots;
    private readonly DemoShape[] _vessels;
    private readonly DemoShape[] _bowel;
    private readonly DemoShape[] _otherMuscles;
    private readonly DemoShape[] _rois;

    /// <summary>Initializes a new instance of the <see cref="DemoAnatomy"/> class.</summary>
    /// <param name="patient">The patient.</param>
    /// <param name="slice">The number of the slice, from 0.</param>
    /// <param name="level">The relative position from the highest slice (0) to the lowest (1).</param>
    public DemoAnatomy(DemoPatient patient, int slice, double level)
    {
        // Numbers that are constant for the patient, and others that vary from slice to slice.
        var constant = new DemoRandom(patient.Seed, patient.Number, 1000);
        var varying = new DemoRandom(patient.Seed, patient.Number, slice, 2000);
        double tilt = varying.Uniform(-0.01, 0.01);

        _body = Wavy(new DemoShape(tilt, 0.02, 0.93, 0.76), constant, 0.02);
        double fat = patient.FatThickness;
        _belowFat = _body with { Y = _body.Y - (fat * 0.35), RadiusX = _body.RadiusX - fat, RadiusY = _body.RadiusY - (fat * 1.3) };

        double bone = 1 + (0.08 * level) + varying.Uniform(-0.02, 0.02);
        _vertebra = Wavy(new DemoShape(tilt, 0.02, 0.25 * bone, 0.185 * bone), constant, 0.03);
        _canal = Wavy(new DemoShape(tilt, 0.275, 0.105 - (0.02 * level), 0.07), constant, 0.06);
        _spinousProcess = new DemoShape(tilt, 0.48, 0.024, 0.14 + varying.Uniform(-0.03, 0.03));
        _arch =
        [
            new DemoShape(tilt + 0.115, 0.345, 0.03, 0.1) { Turn = -1.1 },
            new DemoShape(tilt - 0.115, 0.345, 0.03, 0.1) { Turn = 1.1 },
            new DemoShape(tilt + 0.2, 0.29, 0.065, 0.05),
            new DemoShape(tilt - 0.2, 0.29, 0.065, 0.05),
        ];
        _roots = Many(8, i => new DemoShape(
            _canal.X + varying.Uniform(-0.06, 0.06), _canal.Y + varying.Uniform(0, 0.04), 0.009, 0.009));
        _vessels =
        [
            new DemoShape(tilt + 0.08, -0.26, 0.062, 0.058),
            new DemoShape(tilt - 0.09, -0.25, 0.078, 0.05),
        ];
        _bowel = Many(9, i => Wavy(
            new DemoShape(constant.Uniform(-0.65, 0.65), constant.Uniform(-0.62, -0.38) + varying.Uniform(-0.02, 0.02), constant.Uniform(0.07, 0.15), constant.Uniform(0.05, 0.09)),
            varying,
            0.12));
        _otherMuscles = [.. BothSides(patient, tilt, constant, varying, level)];
        _rois = Rois(patient, tilt, constant, varying, level);
    }

    /// <summary>Returns the tissue at a point. If shapes overlap, bone takes precedence over muscle, and muscle over fat.</summary>
    public DemoTissue At(double x, double y)
    {
        if (!_body.Contains(x, y))
        {
            return DemoTissue.Air;
        }

        double depth = _belowFat.Distance(x, y);
        if (depth >= 1)
        {
            return _body.Distance(x, y) > 0.985 ? DemoTissue.Skin : DemoTissue.Fat;
        }

        if (SpineAt(x, y) is { } spine)
        {
            return spine;
        }

        return RoiAt(x, y) ?? RestAt(x, y, depth);
    }

    private DemoTissue? RoiAt(double x, double y)
    {
        bool isFascia = false;
        for (int roi = 0; roi < _rois.Length; roi++)
        {
            double distance = _rois[roi].Distance(x, y);
            if (distance < 1)
            {
                return (DemoTissue)(roi + 1);
            }

            isFascia |= distance < FasciaEnd;
        }

        return isFascia ? DemoTissue.Fat : null;
    }

    private DemoTissue RestAt(double x, double y, double depth)
    {
        // The wall of the abdomen thins out towards the muscles of the back.
        bool isWall = depth > 0.9 + (Math.Max(0, y + 0.1) * 0.3);
        return isWall || Any(_otherMuscles, x, y) ? DemoTissue.OtherMuscle
            : Any(_vessels, x, y) ? DemoTissue.Vessel
            : Any(_bowel, x, y) ? DemoTissue.Bowel
            : y < 0.1 ? DemoTissue.VisceralFat
            : DemoTissue.Fat;
    }

    private static DemoShape[] Rois(DemoPatient patient, double tilt, DemoRandom constant, DemoRandom varying, double level)
    {
        var rois = new DemoShape[4];
        for (int side = 0; side < 2; side++)
        {
            // Index 0 and 2 are the patient's left, on the image's right.
            double sign = side == 0 ? 1 : -1;
            double size = patient.Muscle * (1 + (sign * patient.Asymmetry)) * (1 + varying.Uniform(-0.04, 0.04));
            double psoas = size * (0.78 + (0.36 * level));
            rois[side] = Wavy(
                new DemoShape(tilt + (sign * (0.36 + (0.06 * level))), 0.03 - (0.06 * level) + varying.Uniform(-0.012, 0.012), 0.125 * psoas, 0.175 * psoas)
                {
                    Turn = sign * varying.Uniform(-0.3, -0.1),
                },
                constant,
                0.07);
            double multifidus = size * (0.8 + (0.3 * level));
            rois[2 + side] = Wavy(
                new DemoShape(tilt + (sign * (0.125 + (0.02 * level))), 0.49 + varying.Uniform(-0.012, 0.012), 0.115 * multifidus, 0.14 * multifidus)
                {
                    Turn = sign * varying.Uniform(-0.45, -0.15),
                },
                constant,
                0.08);
        }

        return rois;
    }

    private static IEnumerable<DemoShape> BothSides(DemoPatient patient, double tilt, DemoRandom constant, DemoRandom varying, double level)
    {
        for (int sign = 1; sign >= -1; sign -= 2)
        {
            double size = patient.Muscle * (1.1 - (0.2 * level));
            yield return Wavy(
                new DemoShape(tilt + (sign * 0.37), 0.43, 0.185 * size, 0.125 * size) { Turn = sign * -0.3 }, constant, 0.06);
            yield return Wavy(
                new DemoShape(tilt + (sign * 0.58), 0.16 + varying.Uniform(-0.02, 0.02), 0.1 * size, 0.07 * size) { Turn = sign * 0.5 }, constant, 0.08);
        }
    }

    private static DemoShape Wavy(DemoShape shape, DemoRandom random, double amplitude) =>
        shape with { Waves = DemoShape.RandomWaves(random, amplitude) };

    private static DemoShape[] Many(int count, Func<int, DemoShape> create)
    {
        var shapes = new DemoShape[count];
        for (int i = 0; i < count; i++)
        {
            shapes[i] = create(i);
        }

        return shapes;
    }

    private static bool Any(DemoShape[] shapes, double x, double y)
    {
        foreach (DemoShape shape in shapes)
        {
            if (shape.Contains(x, y))
            {
                return true;
            }
        }

        return false;
    }

    private DemoTissue? SpineAt(double x, double y)
    {
        double canal = _canal.Distance(x, y);
        if (canal < 1)
        {
            return Any(_roots, x, y) ? DemoTissue.OtherMuscle : canal > 0.88 ? DemoTissue.Cortex : DemoTissue.Fluid;
        }

        double vertebra = _vertebra.Distance(x, y);
        if (vertebra < 1)
        {
            return vertebra > 0.92 ? DemoTissue.Cortex : DemoTissue.Bone;
        }

        foreach (DemoShape part in _arch)
        {
            double distance = part.Distance(x, y);
            if (distance < 1)
            {
                return distance > 0.7 ? DemoTissue.Cortex : DemoTissue.Bone;
            }
        }

        double process = _spinousProcess.Distance(x, y);
        return process < 1 ? (process > 0.6 ? DemoTissue.Cortex : DemoTissue.Bone) : null;
    }
}
