// Makes the ROIs and masks of this folder with ImageJ itself: java -cp /usr/share/java/ij.jar MakeRois.java .
import ij.gui.*;
import ij.io.RoiEncoder;
import ij.process.ByteProcessor;
import java.awt.Rectangle;
import java.io.*;
import java.util.*;
import java.util.zip.*;

public class MakeRois {
    static final Map<String, Roi> all = new LinkedHashMap<>();

    static void add(String name, Roi roi) {
        all.put(name, roi);
    }

    public static void main(String[] args) throws Exception {
        File folder = new File(args[0]);
        add("rectangle", new Roi(5, 7, 20, 11));
        add("oval", new OvalRoi(6, 4, 31, 22));
        add("circle", new OvalRoi(10, 8, 20, 20));
        add("polygon", new PolygonRoi(new int[] {5, 40, 30, 11, 20}, new int[] {3, 9, 35, 30, 16}, 5, Roi.POLYGON));
        add("selfcrossing", new PolygonRoi(new int[] {5, 40, 40, 5}, new int[] {5, 30, 5, 30}, 4, Roi.POLYGON));
        add("subpixel", new PolygonRoi(new float[] {5.25f, 40.7f, 33.1f, 12.6f}, new float[] {4.8f, 9.3f, 35.55f, 28.05f}, 4, Roi.POLYGON));
        add("freehand", new PolygonRoi(new int[] {10, 14, 20, 29, 33, 30, 22, 15, 9, 7}, new int[] {8, 5, 4, 8, 15, 25, 31, 33, 28, 17}, 10, Roi.FREEROI));
        add("traced", new PolygonRoi(new int[] {8, 20, 20, 34, 34, 14, 14, 8}, new int[] {8, 8, 12, 12, 29, 29, 17, 17}, 8, Roi.TRACED_ROI));
        add("composite", new ShapeRoi(new OvalRoi(5, 4, 34, 30)).not(new ShapeRoi(new OvalRoi(14, 12, 12, 10))));
        add("split", new ShapeRoi(new Roi(3, 3, 10, 9)).or(new ShapeRoi(new Roi(20, 15, 14, 12))));
        add("xor", new ShapeRoi(new Roi(3, 3, 20, 19)).xor(new ShapeRoi(new Roi(15, 10, 24, 22))));
        add("outside", new PolygonRoi(new int[] {-10, 60, 30}, new int[] {-6, 12, 70}, 3, Roi.POLYGON));

        try (PrintStream masks = new PrintStream(new File(folder, "masks.txt"))) {
            for (Map.Entry<String, Roi> entry : all.entrySet()) {
                new RoiEncoder(new File(folder, entry.getKey() + ".roi").getPath()).write(entry.getValue());
                ByteProcessor image = new ByteProcessor(48, 40);
                image.setValue(1);
                image.fill(entry.getValue());
                masks.println(entry.getKey());
                for (int y = 0; y < 40; y++) {
                    StringBuilder line = new StringBuilder();
                    for (int x = 0; x < 48; x++) line.append(image.get(x, y) != 0 ? '#' : '.');
                    masks.println(line);
                }
            }
        }

        Roi named = new PolygonRoi(new int[] {5, 40, 30}, new int[] {3, 9, 35}, 3, Roi.POLYGON);
        named.setName("psoas \u00e9");
        new RoiEncoder(new File(folder, "named.roi").getPath()).write(named);
        new RoiEncoder(new File(folder, "line.roi").getPath()).write(new Line(3, 4, 30, 30));
        Roi hyper = new Roi(5, 7, 20, 11);
        hyper.setName("disc");
        hyper.setPosition(1, 2, 1);
        new RoiEncoder(new File(folder, "hyper.roi").getPath()).write(hyper);

        // What the ROI Manager writes: two structures on three slices, a line, and an ROI without a name.
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(new FileOutputStream(new File(folder, "RoiSet.zip")))) {
            for (int slice = 1; slice <= 3; slice++) {
                Roi psoas = new OvalRoi(4 + slice, 5, 14, 12);
                psoas.setName("psoas");
                psoas.setPosition(slice);
                write(zip, slice == 1 ? "psoas" : "psoas-" + (slice - 1), psoas);
                Roi disc = new Roi(28, 20, 10 + slice, 9);
                disc.setName("disc");
                disc.setPosition(slice);
                write(zip, slice == 1 ? "disc" : "disc-" + (slice - 1), disc);
            }
            Roi line = new Line(3, 4, 30, 30);
            line.setPosition(2);
            write(zip, "0002-0017-0016", line);
        }
    }

    static void write(ZipOutputStream zip, String name, Roi roi) throws Exception {
        zip.putNextEntry(new ZipEntry(name + ".roi"));
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(zip));
        RoiEncoder encoder = new RoiEncoder(out);
        encoder.write(roi);
        out.flush();
    }
}
