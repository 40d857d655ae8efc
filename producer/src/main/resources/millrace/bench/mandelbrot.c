/* What `millrace bench native` holds the kernel mandelbrot against: the same points by the same arithmetic, shortcuts
   and colours, in plain C. Many orbits advance side by side, so that the compiler makes vector code of them; a round
   in which one escaped is done again alone. Fused multiply-adds are written out: with -ffp-contract=off the picture
   has the kernel's bytes.

   mandelbrot WIDTH HEIGHT CENTER_X CENTER_Y SPAN ITERATIONS SAMPLES FILE

   Writes the picture's bytes to FILE and prints the seconds that computing took. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LANES = 256, STEPS = 4, ROUND = 4 * STEPS };
static const double ESCAPE = 1 << 16; /* squared radius */

/* ---- colours */

enum { PALETTE = 1 << 12, LOG_BITS = 11, FRACTION_BITS = 12, MANTISSA_BITS = 52 };

static const double STOPS[][4] = {
    {0.00, 4, 6, 38},      {0.16, 24, 82, 177},  {0.36, 134, 181, 229}, {0.48, 250, 246, 226},
    {0.62, 248, 178, 50},  {0.78, 153, 62, 18},  {0.90, 46, 12, 34},    {1.00, 4, 6, 38},
};

static int logs[1 << LOG_BITS];
static int32_t light[PALETTE][3];
static uint8_t display[1 << 12];

static int linear(double shown) {
    double v = shown / 255;
    return (int) rint(0xffff * (v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4)));
}

static void make_palette(void) {
    for (int i = 0; i < 1 << LOG_BITS; i++)
        logs[i] = (int) rint(log(1 + (i + 0.5) / (1 << LOG_BITS)) / log(2) * (1 << FRACTION_BITS));
    for (int i = 0; i < 1 << 12; i++) {
        double v = (i + 0.5) / (1 << 12);
        display[i] = (uint8_t) rint(255 * (v <= 0.0031308 ? 12.92 * v : 1.055 * pow(v, 1 / 2.4) - 0.055));
    }
    int stop = 0;
    for (int i = 0; i < PALETTE; i++) {
        double at = (double) i / PALETTE;
        while (STOPS[stop + 1][0] <= at) stop++;
        const double *low = STOPS[stop], *high = STOPS[stop + 1];
        double part = (at - low[0]) / (high[0] - low[0]);
        part = part * part * (3 - 2 * part);
        for (int c = 0; c < 3; c++) light[i][c] = linear(low[1 + c] + part * (high[1 + c] - low[1 + c]));
    }
}

static inline int log2_fixed(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    int exponent = (int) (bits >> MANTISSA_BITS) - 1023;
    return exponent * (1 << FRACTION_BITS) + logs[(bits >> (MANTISSA_BITS - LOG_BITS)) & ((1 << LOG_BITS) - 1)];
}

static inline int colour(int iterations, double squared_radius) {
    int64_t smooth = ((int64_t) (iterations + 1) << FRACTION_BITS)
        - (log2_fixed(log2_fixed(squared_radius)) - log2_fixed(log2_fixed(ESCAPE)));
    return (int) ((int64_t) (0.5 * log2_fixed((double) smooth) * PALETTE) >> FRACTION_BITS) & (PALETTE - 1);
}

/* ---- orbits */

static double x[LANES], y[LANES], cx[LANES], cy[LANES];
static double old_x[LANES], old_y[LANES];   /* as the round began */
static double mark_x[LANES], mark_y[LANES]; /* Brent's cycle detection: who comes back exactly never escapes */
static int next_mark[LANES], done[LANES], column_of[LANES];
static int lanes;

static const double *columns, *rows;
static int column_count, row_count, column, row, iterations;
static int32_t (*lights)[3]; /* of each column, the sum over the rows */

static void advance(void) {
    for (int lane = 0; lane < lanes; lane++) {
        double a = x[lane], b = y[lane], p = cx[lane], q = cy[lane];
        for (int step = 0; step < STEPS; step++) {
            double c = fma(a, a, fma(-b, b, p));
            b = fma(a + a, b, q);
            a = c;
        }
        x[lane] = a;
        y[lane] = b;
    }
}

/* In the main cardioid or in the disk left of it. */
static inline int stays(double p, double q) {
    double qq = q * q, s = (p - 0.25) * (p - 0.25) + qq;
    return s * (s + (p - 0.25)) <= 0.25 * qq || (p + 1) * (p + 1) + qq <= 0.0625;
}

static int begin(int lane) {
    for (; row < row_count; row++, column = 0) {
        for (; column < column_count; column++) {
            double p = columns[column], q = rows[row];
            if (!stays(p, q)) {
                x[lane] = y[lane] = 0;
                cx[lane] = p;
                cy[lane] = q;
                mark_x[lane] = mark_y[lane] = NAN;
                next_mark[lane] = ROUND;
                done[lane] = 0;
                column_of[lane] = column++;
                return 1;
            }
        }
    }
    return 0;
}

static void escaped(int lane) {
    double a = old_x[lane], b = old_y[lane], squared_radius;
    int i = done[lane];
    do {
        double c = a;
        a = fma(a, a, fma(-b, b, cx[lane]));
        b = fma(c + c, b, cy[lane]);
        squared_radius = a * a + b * b;
        i++;
    } while (squared_radius <= ESCAPE);
    if (i <= iterations) {
        const int32_t *adds = light[colour(i, squared_radius)];
        int32_t *sum = lights[column_of[lane]];
        for (int c = 0; c < 3; c++) sum[c] += adds[c];
    }
}

static inline int ended(int lane) {
    double a = x[lane], b = y[lane];
    if (!(a * a + b * b <= ESCAPE)) { /* an orbit that escaped long ago is NaN */
        escaped(lane);
        return 1;
    }
    done[lane] += ROUND;
    if (done[lane] >= iterations || (a == mark_x[lane] && b == mark_y[lane])) return 1;
    if (done[lane] >= next_mark[lane]) {
        next_mark[lane] = 2 * done[lane];
        mark_x[lane] = a;
        mark_y[lane] = b;
    }
    return 0;
}

static void move(int from, int to) {
    x[to] = x[from];
    y[to] = y[from];
    cx[to] = cx[from];
    cy[to] = cy[from];
    mark_x[to] = mark_x[from];
    mark_y[to] = mark_y[from];
    next_mark[to] = next_mark[from];
    done[to] = done[from];
    column_of[to] = column_of[from];
}

static void run(void) {
    column = row = lanes = 0;
    while (lanes < LANES && begin(lanes)) lanes++;
    while (lanes > 0) {
        memcpy(old_x, x, lanes * sizeof *x);
        memcpy(old_y, y, lanes * sizeof *y);
        for (int i = 0; i < ROUND; i += STEPS) advance();
        for (int lane = lanes - 1; lane >= 0; lane--)
            if (ended(lane) && !begin(lane)) move(--lanes, lane);
    }
}

/* ---- the picture */

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec * 1e-9;
}

int main(int count, char **arguments) {
    if (count != 9) {
        fprintf(stderr, "usage: mandelbrot WIDTH HEIGHT CENTER_X CENTER_Y SPAN ITERATIONS SAMPLES FILE\n");
        return 2;
    }
    int width = atoi(arguments[1]), height = atoi(arguments[2]), samples = atoi(arguments[7]);
    double center_x = atof(arguments[3]), center_y = atof(arguments[4]), span = atof(arguments[5]);
    iterations = atoi(arguments[6]);
    column_count = width * samples;
    row_count = samples;
    uint8_t *picture = malloc((size_t) 3 * width * height), *pixel = picture;
    double *xs = malloc(column_count * sizeof *xs), *ys = malloc(samples * sizeof *ys);
    lights = malloc(column_count * sizeof *lights);
    if (!picture || !xs || !ys || !lights) return 1;

    double started = now();
    make_palette();
    double half_step = span / (2.0 * column_count);
    for (int i = 0; i < column_count; i++) xs[i] = center_x + (2 * i + 1 - column_count) * half_step;
    columns = xs;
    rows = ys;
    for (int line = 0; line < height; line++) {
        for (int i = 0; i < samples; i++)
            ys[i] = center_y - (2 * (line * samples + i) + 1 - height * samples) * half_step;
        memset(lights, 0, column_count * sizeof *lights);
        run();
        for (int at = 0; at < column_count; at += samples) {
            for (int c = 0; c < 3; c++) {
                int sum = 0;
                for (int i = at; i < at + samples; i++) sum += lights[i][c];
                *pixel++ = display[(sum / (samples * samples)) >> 4];
            }
        }
    }
    double seconds = now() - started;

    FILE *file = fopen(arguments[8], "wb");
    if (!file || fwrite(picture, 3 * width, height, file) != (size_t) height || fclose(file) != 0) {
        perror(arguments[8]);
        return 1;
    }
    printf("Seconds: %.6f\nProgram: C by gcc %s\n", seconds, __VERSION__);
    return 0;
}
